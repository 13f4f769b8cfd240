"""How many streams a machine holds: many simulated pages against real servers, without a browser."""
