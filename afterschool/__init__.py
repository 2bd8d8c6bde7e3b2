"""课后服务: plans, courses, rosters, sessions and what happened in them."""
