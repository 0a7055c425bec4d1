"""Who the people are: the table, traits, social network, named draws, Mesa views."""
