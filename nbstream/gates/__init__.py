"""Who may be live: the limit of a group of streams and its queue, in one kernel or in many."""
