"""Works: the labour and the parts of a ticket, who did them and when; lines are only ever added."""
