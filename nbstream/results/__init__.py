"""The paced ways of results to the pages that show or play them."""
