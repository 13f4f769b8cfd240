"""Pictures that a person collects by class: kept in memory, as arrays, and in a folder where one was named."""
