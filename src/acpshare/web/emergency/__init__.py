"""The crew's page: the emergency view as HTML that works without JavaScript and under a strict content policy."""

from acpshare.web.emergency.page import render_page, render_search

__all__ = ["render_page", "render_search"]
