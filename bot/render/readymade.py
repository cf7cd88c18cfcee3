"""Templates that come with the program. What they may say is told in `template`.

A line of which nothing is left vanishes, and so do blank lines at the ends or beside others.
"""

from __future__ import annotations

from collections.abc import Mapping

FULL = """\
{{ headline|bold }}

{{ lead|fold }}

{{ read }}
{{ source }}
{{ original }}
{{ photo }}

{{ disclaimer|italic }}

{{ hashtags }}
"""

HEADLINE = """\
{{ headline|bold|link(link) }}
{{ address }}
{{ source }}
{{ original }}
{{ photo }}

{{ disclaimer|italic }}
"""

QUOTE = """\
{{ headline|bold }}

{{ lead|quote }}

{{ read }}
{{ source }}
{{ original }}
{{ photo }}

{{ disclaimer|italic }}

{{ hashtags }}
"""

ROUNDUP = """\
{{ heading|bold }}

{% for story in stories %}
{{ sign }} {{ story.headline|link(story.link) }}{% if story.outlet %} ({{ story.outlet }}){% endif %}

{{ story.address }}

{% endfor %}
{{ disclaimer|italic }}

{{ hashtags }}

{{ because|italic }}

{{ mark|italic }}
"""

READY_MADE: Mapping[str, str] = {"full": FULL, "headline": HEADLINE, "quote": QUOTE, "roundup": ROUNDUP}
"""By the names that settings give them."""
