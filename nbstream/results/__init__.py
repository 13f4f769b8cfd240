"""The ways of results: paced to the pages that show or play them, and as values for the traits of widgets."""
