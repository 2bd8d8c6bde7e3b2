from tests.access import Page, expect

PAGES = {
    "accounts:sign_in": Page(lambda world: {}, expect(302, anonymous=200)),
    "accounts:sign_out": Page(lambda world: {}, expect(302), method="post"),
    "accounts:activate": Page(lambda world: {}, expect(200, anonymous=200)),
    "accounts:change_password": Page(lambda world: {}, expect(200)),
}
