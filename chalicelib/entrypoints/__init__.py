"""Who calls us: pages, webhooks, queues, schedules and workflow steps."""
