"""The report as one page for people, which needs nothing but itself: `render` makes it of the report's JSON.

matplotlib draws, and takes its time to be imported: nothing here is imported before somebody asks for a page.
"""
