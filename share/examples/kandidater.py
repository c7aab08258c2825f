#!/usr/bin/env python3
"""Writes kandidater.xlsx, the lists of candidates, decisions and hires as a recruitment system hands them
out: a sheet for each, that of the decisions under a title, shared strings, dates as Excel's serial numbers, and the dates of birth as applicants gave them
(a date, six digits, 111111 from those who would not say, nothing). Run it after changing a row
here: the same rows give the same bytes (stored, not deflated, times fixed).

    python3 share/examples/kandidater.py share/examples/kandidater.xlsx
"""
import datetime
import re
import sys
import zipfile
from xml.sax.saxutils import escape

CANDIDATES = """\
Kandidat;Referensnr;Ansökningsstatus;Statusdatum;Senaste steg;Källa;Kön;Födelsedatum;Ansökningsdatum
K-2020-001;AMF-2020-01;Aktiv;;Intervju;Platsbanken;Kvinna;1990-02-06;2020-01-12
K-2020-002;AMF-2020-01;Aktiv;;Intervju;Platsbanken;Kvinna;1973-04-11;2020-01-11
K-2020-003;AMF-2020-01;Aktiv;;Intervju;Webbplatsen;Kvinna;1968-06-15;2020-01-22
K-2020-004;AMF-2020-01;Aktiv;;Ansökan;Tips;Kvinna;1990-05-16;2020-01-09
K-2020-005;AMF-2020-01;Aktiv;;Ansökan;Sociala medier;Kvinna;111111;2020-01-10
K-2020-006;SOF-2020-01;Aktiv;;Intervju;Sociala medier;Kvinna;1972-08-27;2020-01-18
K-2020-007;SOF-2020-01;Aktiv;;Intervju;Sociala medier;Kvinna;1982-01-24;2020-01-22
K-2020-008;SOF-2020-01;Aktiv;;Intervju;Sociala medier;Kvinna;1964-01-07;2020-01-31
K-2020-009;SOF-2020-01;Aktiv;;Ansökan;Webbplatsen;Kvinna;730908;2020-01-27
K-2020-010;SOF-2020-01;Aktiv;;Ansökan;Sociala medier;Man;1963-06-16;2020-01-23
K-2020-011;SOF-2020-01;Aktiv;;Ansökan;Sociala medier;Kvinna;1994-08-20;2020-01-16
K-2020-012;SFF-2020-01;Aktiv;;Intervju;Tips;Kvinna;1993-09-20;2020-02-13
K-2020-013;SFF-2020-01;Aktiv;;Intervju;Sociala medier;Kvinna;1975-07-06;2020-02-03
K-2020-014;SFF-2020-01;Aktiv;;Intervju;Sociala medier;Kvinna;1966-02-13;2020-02-05
K-2020-015;SFF-2020-01;Aktiv;;Intervju;Webbplatsen;Kvinna;1995-03-12;2020-02-06
K-2020-016;SFF-2020-01;Aktiv;;Intervju;Sociala medier;Kvinna;1992-12-12;2020-02-04
K-2020-017;AMF-2020-02;Aktiv;;Intervju;Platsbanken;Kvinna;;2020-03-16
K-2020-018;AMF-2020-02;Aktiv;;Intervju;Sociala medier;Kvinna;1985-04-21;2020-02-27
K-2020-019;AMF-2020-02;Aktiv;;Intervju;Tips;Man;1983-07-06;2020-02-25
K-2020-020;AMF-2020-02;Aktiv;;Ansökan;Platsbanken;Man;1976-12-25;2020-03-16
K-2020-021;SFF-2020-02;Aktiv;;;Sociala medier;Man;1981-11-10;2020-03-12
K-2020-022;SFF-2020-02;Aktiv;;;Tips;Man;111111;2020-03-15
K-2020-023;SFF-2020-02;Aktiv;;;Tips;Kvinna;1990-03-21;2020-03-21
K-2020-024;SFF-2020-02;Ej behörig;2020-03-25;;Webbplatsen;Kvinna;1981-07-22;2020-03-08
K-2020-046;SFF-2020-02;Aktiv;;;Webbplatsen;Kvinna;1983-11-11;2020-03-12
K-2020-025;SOF-2020-02;Aktiv;;Intervju;Sociala medier;Kvinna;1984-07-13;2020-03-19
K-2020-026;SOF-2020-02;Aktiv;;Intervju;Sociala medier;Kvinna;1961-06-28;2020-03-16
K-2020-027;SOF-2020-02;Aktiv;;Intervju;Webbplatsen;Kvinna;1965-04-14;2020-03-19
K-2020-028;SOF-2020-02;Aktiv;;Ansökan;Platsbanken;Kvinna;1970-02-19;2020-03-22
K-2020-029;SOF-2020-02;Återtagit;2020-04-20;Ansökan;Webbplatsen;Kvinna;1964-01-27;2020-03-26
K-2020-030;SOF-2020-02;Skyddade personuppgifter;;Ansökan;Platsbanken;;2001-01-01;2020-03-17
K-2020-031;AMF-2020-03;Aktiv;;Intervju;Webbplatsen;Man;1990-02-01;2020-04-13
K-2020-032;AMF-2020-03;Aktiv;;Intervju;Sociala medier;Kvinna;1964-07-14;2020-04-02
K-2020-033;AMF-2020-03;Aktiv;;Intervju;Sociala medier;Man;901226;2020-04-08
K-2020-034;AMF-2020-03;Aktiv;;Ansökan;Tips;Vill ej uppge;1991-05-09;2020-04-05
K-2020-035;SOF-2020-03;Aktiv;;Intervju;Platsbanken;Man;1966-12-05;2020-04-29
K-2020-036;SOF-2020-03;Aktiv;;Intervju;Tips;Man;1967-06-20;2020-04-13
K-2020-037;SOF-2020-03;Aktiv;;Intervju;Platsbanken;Kvinna;1978-08-26;2020-04-15
K-2020-038;SOF-2020-03;Aktiv;;Ansökan;Webbplatsen;Kvinna;1982-12-07;2020-04-09
K-2020-039;AMF-2020-04;Aktiv;;;Platsbanken;Kvinna;1973-05-09;2020-06-21
K-2020-040;AMF-2020-04;Aktiv;;;Platsbanken;Kvinna;1989-04-27;2020-06-16
K-2020-041;AMF-2020-04;Aktiv;;;Platsbanken;Kvinna;1970-02-27;2020-06-17
K-2020-042;SFF-2020-03;Aktiv;;;Platsbanken;Kvinna;1979-05-02;2020-06-23
K-2020-043;SFF-2020-03;Aktiv;;;Sociala medier;Kvinna;1993-11-08;2020-06-20
K-2020-044;SOF-2020-04;Aktiv;;;Sociala medier;Kvinna;1983-12-04;2020-06-28
K-2020-045;SOF-2020-04;Aktiv;;;Tips;Kvinna;1987-10-19;2020-06-30
"""

DECISIONS = """\
Beslut våren 2020

Referensnr;Kandidat;Utfall;Beslutsdatum;Beslutsfattare;Laga kraft;Orsakskod;Dnr;Återkoppling brukare;Återkoppling kandidater
AMF-2020-01;K-2020-001;Anställd;2020-02-28;chef;2020-03-21;;AMF 2020/100;2020-03-04;2020-03-02
AMF-2020-01;K-2020-002;Ej erbjuden;2020-02-28;chef;2020-03-21;;AMF 2020/100;2020-03-04;2020-03-02
AMF-2020-01;K-2020-003;Ej erbjuden;2020-02-28;chef;2020-03-21;;AMF 2020/100;2020-03-04;2020-03-02
AMF-2020-01;K-2020-004;Ej erbjuden;2020-02-28;chef;2020-03-21;;AMF 2020/100;2020-03-04;2020-03-02
AMF-2020-01;K-2020-005;Ej erbjuden;2020-02-28;chef;2020-03-21;;AMF 2020/100;2020-03-04;2020-03-02
SOF-2020-01;K-2020-006;Ej erbjuden;2020-03-13;chef;2020-04-04;;SOF 2020/117;2020-03-20;2020-03-16
SOF-2020-01;K-2020-007;Anställd;2020-03-13;chef;2020-04-04;formell behörighet;SOF 2020/117;2020-03-20;2020-03-16
SOF-2020-01;K-2020-008;Ej erbjuden;2020-03-13;chef;2020-04-04;;SOF 2020/117;2020-03-20;2020-03-16
SOF-2020-01;K-2020-009;Ej erbjuden;2020-03-13;chef;2020-04-04;;SOF 2020/117;2020-03-20;2020-03-16
SOF-2020-01;K-2020-010;Ej erbjuden;2020-03-13;chef;2020-04-04;;SOF 2020/117;2020-03-20;2020-03-16
SOF-2020-01;K-2020-011;Ej erbjuden;2020-03-13;chef;2020-04-04;;SOF 2020/117;2020-03-20;2020-03-16
SFF-2020-01;K-2020-012;Ej erbjuden;2020-03-27;chef;2020-04-18;;SFF 2020/134;2020-04-03;2020-03-30
SFF-2020-01;K-2020-013;Anställd;2020-03-27;chef;2020-04-18;;SFF 2020/134;2020-04-03;2020-03-30
SFF-2020-01;K-2020-014;Ej erbjuden;2020-03-27;chef;2020-04-18;;SFF 2020/134;2020-04-03;2020-03-30
SFF-2020-01;K-2020-015;Ej erbjuden;2020-03-27;chef;2020-04-18;;SFF 2020/134;2020-04-03;2020-03-30
SFF-2020-01;K-2020-016;Ej erbjuden;2020-03-27;chef;2020-04-18;;SFF 2020/134;2020-04-03;2020-03-30
AMF-2020-02;K-2020-017;Ej erbjuden;2020-04-24;chef;2020-05-16;;AMF 2020/151;2020-04-29;2020-04-27
AMF-2020-02;K-2020-018;Anställd;2020-04-24;chef;2020-05-16;;AMF 2020/151;2020-04-29;2020-04-27
AMF-2020-02;K-2020-019;Ej erbjuden;2020-04-24;chef;2020-05-16;;AMF 2020/151;2020-04-29;2020-04-27
AMF-2020-02;K-2020-020;Ej erbjuden;2020-04-24;chef;2020-05-16;;AMF 2020/151;2020-04-29;2020-04-27
SOF-2020-02;K-2020-025;Ej erbjuden;2020-05-15;chef;2020-06-06;;SOF 2020/168;2020-05-25;2020-05-18
SOF-2020-02;K-2020-026;Anställd;2020-05-15;chef;2020-06-06;;SOF 2020/168;2020-05-25;2020-05-18
SOF-2020-02;K-2020-027;Ej erbjuden;2020-05-15;chef;2020-06-06;;SOF 2020/168;2020-05-25;2020-05-18
SOF-2020-02;K-2020-028;Ej erbjuden;2020-05-15;chef;2020-06-06;;SOF 2020/168;2020-05-25;2020-05-18
SOF-2020-02;K-2020-030;Ej erbjuden;2020-05-15;chef;2020-06-06;;SOF 2020/168;2020-05-25;2020-05-18
AMF-2020-03;K-2020-031;Anställd;2020-06-18;chef;2020-07-10;;AMF 2020/185;;2020-06-22
AMF-2020-03;K-2020-032;Ej erbjuden;2020-06-18;chef;2020-07-10;;AMF 2020/185;;2020-06-22
AMF-2020-03;K-2020-033;Ej erbjuden;2020-06-18;chef;2020-07-10;;AMF 2020/185;;2020-06-22
AMF-2020-03;K-2020-034;Ej erbjuden;2020-06-18;chef;2020-07-10;;AMF 2020/185;;2020-06-22
SOF-2020-03;K-2020-035;Ej erbjuden;2020-06-12;chef;2020-07-04;;SOF 2020/202;;2020-06-15
SOF-2020-03;K-2020-036;Erbjuden, tackade nej;2020-06-12;chef;2020-07-04;;SOF 2020/202;;2020-06-15
SOF-2020-03;K-2020-037;Anställd;2020-06-12;chef;2020-07-04;;SOF 2020/202;;2020-06-15
SOF-2020-03;K-2020-038;Ej erbjuden;2020-06-12;chef;2020-07-04;;SOF 2020/202;;2020-06-15
"""

HIRES = """\
Kandidat;Referensnr;Förvaltning;Tillträde;Slutade;Avgångsorsak;Brukarmedverkan
K-2020-001;AMF-2020-01;AMF;2020-04-01;;;Ja
K-2020-007;SOF-2020-01;SOF;2020-05-01;;;Ja
K-2020-013;SFF-2020-01;SFF;2020-08-10;;;Ja
K-2020-018;AMF-2020-02;AMF;2020-06-01;;;Ja
K-2020-026;SOF-2020-02;SOF;2020-08-01;;;Ja
K-2020-031;AMF-2020-03;AMF;2020-08-01;;;Ja
K-2020-037;SOF-2020-03;SOF;2020-09-01;;;Ja
"""

SHEETS = {"Kandidater": CANDIDATES, "Beslut": DECISIONS, "Anställningar": HIRES}

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def serial(day):
    """Excel counts days from 1899-12-30 (for all dates after February 1900)."""
    return (datetime.date.fromisoformat(day) - datetime.date(1899, 12, 30)).days


def sheet(rows, strings):
    out = []
    for r, row in enumerate(rows, 1):
        cells = []
        for c, text in enumerate(row):
            at = f"{chr(65 + c)}{r}"
            if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
                cells.append(f'<c r="{at}" s="1"><v>{serial(text)}</v></c>')
            elif text:
                strings.setdefault(text, len(strings))
                cells.append(f'<c r="{at}" t="s"><v>{strings[text]}</v></c>')
        out.append(f'<row r="{r}">{"".join(cells)}</row>')
    return f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{"".join(out)}</sheetData></worksheet>'


def main(path):
    strings = {}
    worksheets = [sheet([line.split(";") for line in text.splitlines()], strings)
                  for text in SHEETS.values()]
    numbers = range(1, len(worksheets) + 1)
    shared = "".join(f"<si><t>{escape(text)}</t></si>" for text in strings)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml":
            f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
            + "".join(f'<Override PartName="/xl/worksheets/sheet{n}.xml" '
                      f'ContentType="{kind}.worksheet+xml"/>' for n in numbers) +
            f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>'
            f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/>'
            '</Types>',
        "_rels/.rels":
            f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
            '</Relationships>',
        "xl/workbook.xml":
            f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
            + "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>'
                      for n, name in zip(numbers, SHEETS)) + '</sheets></workbook>',
        "xl/_rels/workbook.xml.rels":
            f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
            + "".join(f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" '
                      f'Target="worksheets/sheet{n}.xml"/>' for n in numbers) +
            f'<Relationship Id="rId{len(SHEETS) + 1}" Type="{OFFICE}/styles" Target="styles.xml"/>'
            f'<Relationship Id="rId{len(SHEETS) + 2}" Type="{OFFICE}/sharedStrings" '
            'Target="sharedStrings.xml"/>'
            '</Relationships>',
        "xl/styles.xml":
            f'{HEAD}<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts>'
            '<fills count="1"><fill/></fills><borders count="1"><border/></borders>'
            '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2">'
            '<xf numFmtId="0" xfId="0"/><xf numFmtId="14" xfId="0" applyNumberFormat="1"/>'
            '</cellXfs></styleSheet>',
        "xl/sharedStrings.xml":
            f'{HEAD}<sst xmlns="{MAIN}" uniqueCount="{len(strings)}">{shared}</sst>',
    }
    for n, worksheet in zip(numbers, worksheets):
        parts[f"xl/worksheets/sheet{n}.xml"] = worksheet
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as book:
        for name, text in parts.items():
            book.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text)


main(sys.argv[1])
