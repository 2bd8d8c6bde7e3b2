from django.apps import AppConfig


class AfterschoolConfig(AppConfig):
    name = "afterschool"
    verbose_name = "课后服务"

    def ready(self) -> None:
        from afterschool.services.sessions import follow_calendar
        from afterschool.services.workers import end_with_post
        from schools.signals import days_turned, left_post

        left_post.connect(end_with_post, dispatch_uid="afterschool.end_with_post")
        days_turned.connect(follow_calendar, dispatch_uid="afterschool.follow_calendar")
