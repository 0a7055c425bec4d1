"""What is handed over: one story of a results folder, told as a page, slides and a workbook."""
