"""课后服务 (after-school service). It keeps its place in the order of imports; its tables come with the plans."""
