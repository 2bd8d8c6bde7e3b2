"""Special operations: targets, the list, checks day by day, and who may enter what."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from tests.training import make
from training import campaign_progress
from training.models import Campaign, CampaignCheck
from training.services import campaigns, register

TODAY = dt.date(2026, 10, 14)


@pytest.fixture
def officer(world):
    return world.people["county_officer"]


@pytest.fixture
def campaign(world):
    made = campaigns.open_campaign(
        by=world.people["city_officer"],
        unit=world.city,
        targets={world.county.pk: 4, world.other_county.pk: 0},
        name="违规广告专项整治",
        first_day=dt.date(2026, 10, 8),
        last_day=dt.date(2026, 10, 31),
    )
    assert made
    return made


@pytest.fixture
def listed(world, officer, campaign):
    rows = [make.institution(officer, world.county, f"第{number}培训学校") for number in range(3)]
    campaigns.put_on_list(by=officer, campaign=campaign, county=world.county)
    return rows


def check(officer, institution, **said) -> CampaignCheck:
    row = CampaignCheck.objects.get(institution=institution)
    values = {"day": TODAY, "result": "广告已清理", "has_problem": False}
    return campaigns.record_check(by=officer, check=row, **values | said)


def test_progress_by_county_and_by_day(world, officer, campaign, listed):
    check(officer, listed[0])
    check(officer, listed[1], day=dt.date(2026, 10, 12), has_problem=True, result="仍有楼道广告")
    (line,) = campaign_progress.by_county(campaign)
    assert (line.county, line.target, line.listed, line.checked, line.problems) == (world.county, 4, 3, 2, 1)
    assert (line.share_words, line.remaining) == ("50%", 1)
    assert campaign_progress.by_day(campaign) == [(TODAY, 1, 0), (dt.date(2026, 10, 12), 1, 1)]
    assert campaign_progress.together([line, line]).checked == 4


def test_the_list_takes_in_who_operates_once(world, officer, campaign, listed):
    resting = make.institution(officer, world.county, "停业学校")
    register.take_step(by=officer, institution=resting, step="suspend", day=TODAY)
    make.institution(officer, world.county, "少儿篮球", subject="other")
    put = {"by": officer, "campaign": campaign, "county": world.county}
    assert campaigns.put_on_list(**put, subject="academic") == 0
    assert campaigns.put_on_list(**put) == 1
    assert campaigns.put_on_list(**put) == 0


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"day": dt.date(2026, 10, 7)}, "行动期间内"),
        ({"day": dt.date(2026, 10, 15)}, "不能晚于今天"),
        ({"result": " "}, "请写明检查结果"),
    ],
)
def test_a_check_lies_within_the_campaign_and_says_what_came_of_it(officer, listed, said, words):
    with pytest.raises(ValidationError, match=words):
        check(officer, listed[0], **said)
    assert CampaignCheck.objects.get(institution=listed[0]).checked_on is None


def test_it_does_not_end_before_it_starts_and_is_entered_once(world, campaign):
    city = {"by": world.people["city_officer"], "unit": world.city, "targets": {}, "name": "违规广告专项整治"}
    with pytest.raises(ValidationError, match="结束日期不能早于开始日期"):
        campaigns.open_campaign(**city, first_day=TODAY, last_day=dt.date(2026, 10, 13))
    with pytest.raises(ValidationError, match="同名行动已经登记过"):
        campaigns.open_campaign(**city, first_day=campaign.first_day, last_day=campaign.last_day)


def test_a_city_opens_it_and_a_county_works_through_it(signed_in, world, officer):
    make.institution(officer, world.county)
    client = signed_in("city_officer")
    said = {"name": "清零行动", "first_day": "2026-10-10", "last_day": "2026-10-31", f"target_{world.county.pk}": "1"}
    add = reverse("training:campaign_add", args=[world.city.code])
    assert client.post(add, said | {"last_day": "2026-10-01"}).status_code == 422
    assert client.post(add, said).status_code == 302
    campaign = Campaign.objects.get()
    client = signed_in("county_officer")
    assert "清零行动" in client.get(reverse("training:campaign_list")).content.decode()
    listing = reverse("training:campaign_listing", args=[campaign.pk])
    assert client.post(listing, {"county": world.county.pk}).status_code == 302
    assert client.post(listing, {"county": world.other_county.pk}).status_code == 422  # not hers
    row = CampaignCheck.objects.get()
    url = reverse("training:campaign_check", args=[row.pk])
    assert client.post(url, {"day": "2026-10-12", "result": "已清理"}).status_code == 302
    page = client.get(reverse("training:campaign_detail", args=[campaign.pk]) + "?shown=done").content.decode()
    assert "已清理" in page
    assert "100%" in page
    outside = signed_in("outside_officer")
    assert outside.get(url).status_code == 404
    shown = outside.get(reverse("training:campaign_detail", args=[campaign.pk]) + "?shown=done").content.decode()
    assert "已清理" not in shown  # another county's institutions are not hers to read of


def test_a_county_s_own_is_not_its_neighbour_s(signed_in, world, officer):
    made = campaigns.open_campaign(
        by=officer, unit=world.county, targets={}, name="县里的", first_day=TODAY, last_day=TODAY
    )
    url = reverse("training:campaign_detail", args=[made.pk])
    assert signed_in("outside_officer").get(url).status_code == 404
    client = signed_in("city_officer")
    assert client.get(url).status_code == 200
    listing = reverse("training:campaign_listing", args=[made.pk])
    answer = client.post(listing, {"county": world.other_county.pk})
    assert (answer.status_code, "只能列入东县的机构" in answer.content.decode()) == (422, True)


def test_the_page_asks_as_often_for_many_as_for_few(signed_in, world, officer, campaign, django_assert_num_queries):
    for number in range(12):
        make.institution(officer, world.county, f"第{number}培训学校")
    campaigns.put_on_list(by=officer, campaign=campaign, county=world.county)
    client = signed_in("county_officer")
    with django_assert_num_queries(12):
        client.get(reverse("training:campaign_detail", args=[campaign.pk]))
