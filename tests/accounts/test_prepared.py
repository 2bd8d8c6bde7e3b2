import pytest
from django.db import DataError, connection, transaction

from accounts.models import User
from accounts.prepared import Prepared
from tests import factories as make

pytestmark = pytest.mark.django_db


def plans_of(name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name = %s", [name])
        return cursor.fetchone()[0]


def test_a_statement_is_planned_once_and_takes_its_parameters_by_name():
    quotient = Prepared("test_quotient", "SELECT %(dividend)s::int / %(divisor)s::int, %(dividend)s::int")

    assert quotient.rows(divisor=3, dividend=12) == [(4, 12)]
    assert quotient.rows(dividend=9, divisor=3) == [(3, 9)]
    assert plans_of("test_quotient") == 1


def test_the_plan_counts_as_no_query_of_the_page(django_assert_num_queries):
    with django_assert_num_queries(1):
        Prepared("test_counted", "SELECT 1").rows()


def test_a_plan_made_in_a_transaction_that_failed_is_still_there():
    quotient = Prepared("test_failing", "SELECT 12 / %(divisor)s::int")
    with pytest.raises(DataError), transaction.atomic():
        quotient.rows(divisor=0)

    assert quotient.rows(divisor=4) == [(3,)]


def test_rows_become_instances_by_the_names_of_their_columns():
    user = make.UserFactory(name="王语文")
    found = Prepared("test_instances", "SELECT phone, name, id FROM accounts_user WHERE id = %(id)s").instances(
        User, id=user.pk
    )

    assert [(one.pk, one.name) for one in found] == [(user.pk, "王语文")]
    assert not found[0]._state.adding


def test_a_change_says_how_many_rows_it_touched():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE test_words (word text)")
        cursor.execute("INSERT INTO test_words VALUES ('a'), ('b'), ('b')")

    assert Prepared("test_touched", "DELETE FROM test_words WHERE word = %(word)s").change(word="b") == 2


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_plans_anew():
    answer = Prepared("test_reconnected", "SELECT 42")
    assert answer.rows() == [(42,)]
    connection.close()

    assert answer.rows() == [(42,)]
