"""What people and programs ask of the house: plain functions that take the services first."""
