"""tags: what templates of other tools mean, `{{< x >}}`, `{{% x %}}`, `{% x %}` and `{{ x }}`, as Markdown."""

from feedpub.content.tags.translation import PLACE, Tagged, Unread, untagged
from feedpub.content.tags.values import Page

__all__ = ["PLACE", "Page", "Tagged", "Unread", "untagged"]
