"""What lies in any project: package.json, CNAME."""

from urllib.parse import urlsplit

from feedpub.adoption.facts import Facts, joined, json_data, said
from feedpub.adoption.tree import Tree

# Folders whose files tools publish as they are.
_PUBLISHED = ("", "static", "public", "docs", "src", "source")


def read(tree: Tree, root: str, articles: str) -> Facts:
    """The site's name, author and address, where these files tell them."""
    names = [
        one for folder in ("", "static", "public", "docs", "src", "source") if tree.has(one := joined(root, folder, "CNAME"))
    ]
    domains = [(tree.text(one) or "").split() for one in names]
    facts = Facts(url=f"https://{domains[0][0]}", sources=(names[0],)) if domains and domains[0] else Facts()
    path = joined(root, "package.json")
    data = json_data(tree.text(path))
    homepage = said(data, "homepage")
    if (urlsplit(homepage).hostname or "") in ("github.com", "www.npmjs.com", "gitlab.com"):  # of the code, not of the site
        homepage = ""
    author = said(data, "author").partition("(")[0].strip()
    return facts.filled(Facts(url=homepage, author=author, sources=(path,)))
