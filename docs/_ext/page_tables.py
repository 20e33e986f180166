"""Tables that can be read on a phone and by a screen reader."""

from bs4 import BeautifulSoup, NavigableString, Tag

__all__ = ["fix_tables"]


def fix_tables(soup: BeautifulSoup) -> None:
    """Make empty headers plain cells, let wide tables scroll, and let long names break."""
    for header in soup.select("th"):
        if not header.get_text(strip=True):
            header.name = "td"
    for table in soup.select(".output_html table"):
        table.wrap(soup.new_tag("div", attrs={"class": "pst-scrollable-table-container"}))
    for table in soup.select("table.properties"):
        _name_cells(table)
    for text in soup.select("table.properties code span.pre"):
        _let_break(soup, text)


def _name_cells(table: Tag) -> None:
    """Name the column in each cell, for small screens, which show a row as a card.

    A browser takes a table that it shows so for no table any more, but for its roles.
    """
    headings = [cell.get_text(strip=True) for cell in table.select("thead th")]
    roles = {"thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "th": "columnheader"}
    table["role"] = "table"
    for part in table.select(", ".join(roles)):
        part["role"] = roles[part.name]
    for row in table.select("tbody tr"):
        for heading, cell in zip(headings, row.find_all("td"), strict=False):
            cell.attrs |= {"role": "cell", "data-label": heading}


def _let_break(soup: BeautifulSoup, text: Tag) -> None:
    """Allow a name to be broken behind its underscores, and not inside a word."""
    words = text.get_text().split("_")
    if len(words) > 1:
        text.clear()
        for word in words[:-1]:
            text.extend([NavigableString(f"{word}_"), soup.new_tag("wbr")])
        text.append(words[-1])
