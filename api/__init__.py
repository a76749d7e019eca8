"""HTTP: the API and the pages. No rule of the business lives here; all questions go to ``intake.desk``."""
