"""Headers of other countries: each becomes what the Chinese and English ones become."""

import pytest
from recognised_layouts import cells, look

from motherlode.collect.habits import currency
from motherlode.collect.headers import bare, words
from motherlode.collect.languages import NAMES_ABROAD, WORDS_ABROAD
from motherlode.collect.matching import named
from motherlode.collect.recognise import Look, propose
from motherlode.collect.vocabulary import NAMES
from motherlode.collect.words import WORDS

# country -> header -> (kind of cells, column)
PEOPLE: dict[str, dict[str, tuple[str, str]]] = {
    "German": {
        "Kundennummer": ("number_key", "customer_id"), "Vorname": ("person", "first_name"),
        "Nachname": ("person", "last_name"), "Geburtsdatum": ("dots", "birthday"), "Straße": ("address", "address"),
        "PLZ": ("number_key", "zip"), "Ort": ("city", "city"), "Land": ("city", "country"),
        "Telefon": ("phone", "phone"), "E-Mail-Adresse": ("email", "email"), "Kunde seit": ("dots", "registered_at"),
    },
    "French": {
        "N° client": ("number_key", "customer_id"), "Prénom": ("person", "first_name"), "Nom": ("person", "last_name"),
        "Date de naissance": ("day", "birthday"), "Adresse": ("address", "address"),
        "Code postal": ("number_key", "zip"), "Ville": ("city", "city"), "Pays": ("city", "country"),
        "Téléphone": ("phone", "phone"), "Courriel": ("email", "email"),
    },
    "Spanish": {
        "ID cliente": ("number_key", "customer_id"), "Nombre": ("person", "first_name"),
        "Apellidos": ("person", "last_name"), "Fecha de nacimiento": ("day", "birthday"),
        "Dirección": ("address", "address"), "Código postal": ("number_key", "zip"), "Ciudad": ("city", "city"),
        "País": ("city", "country"), "Teléfono móvil": ("phone", "phone"), "Correo electrónico": ("email", "email"),
    },
    "Portuguese": {
        "Código do cliente": ("number_key", "customer_id"), "Nome": ("person", "first_name"),
        "Sobrenome": ("person", "last_name"), "Data de nascimento": ("day", "birthday"), "CEP": ("number_key", "zip"),
        "Cidade": ("city", "city"), "Celular": ("phone", "phone"), "Data de cadastro": ("day", "registered_at"),
    },
    "Japanese": {
        "顧客番号": ("number_key", "customer_id"), "氏名": ("person", "name"), "生年月日": ("day", "birthday"),
        "郵便番号": ("number_key", "zip"), "都道府県": ("city", "province"), "住所": ("address", "address"),
        "電話番号": ("phone", "phone"), "メールアドレス": ("email", "email"), "会員登録日": ("day", "registered_at"),
    },
}  # fmt: skip
ORDERS: dict[str, dict[str, tuple[str, str]]] = {
    "German": {
        "Bestellnummer": ("key", "order_id"), "Kd.-Nr.": ("who", "customer_id"), "Bestelldatum": ("dots", "ordered_at"),
        "Artikelnummer": ("what", "product_id"), "Artikelbezeichnung": ("word", "product_name"),
        "Menge": ("whole", "quantity"), "Einzelpreis": ("comma", "unit_price"), "Gesamtbetrag": ("comma", "amount"),
        "Nettobetrag": ("comma", ""), "MwSt.": ("comma", ""), "Rabatt": ("comma", "discount"),
        "Versandkosten": ("comma", "shipping_fee"), "Zahlungsart": ("few", "pay_method"),
        "Lieferdatum": ("dots", ""), "Währung": ("coin", "currency"),
    },
    "French": {
        "N° commande": ("key", "order_id"), "Date de commande": ("day", "ordered_at"), "Client": ("who", "customer_id"),
        "Référence article": ("what", "product_id"), "Désignation": ("word", "product_name"),
        "Quantité": ("whole", "quantity"), "Prix unitaire": ("comma", "unit_price"),
        "Montant HT": ("comma", ""), "Montant TTC": ("comma", "amount"), "Mode de paiement": ("few", "pay_method"),
    },
    "Spanish": {
        "Número de pedido": ("key", "order_id"), "Cliente ID": ("who", "customer_id"),
        "Fecha del pedido": ("day", "ordered_at"), "Producto": ("word", "product_name"),
        "Cantidad": ("whole", "quantity"), "Precio unitario": ("comma", "unit_price"),
        "Importe total": ("comma", "amount"), "Estado del pedido": ("state", "status"),
        "Gastos de envío": ("comma", "shipping_fee"),
    },
    "Portuguese": {
        "Número do pedido": ("key", "order_id"), "Código do cliente": ("who", "customer_id"),
        "Data da compra": ("day", "ordered_at"), "Produto": ("word", "product_name"), "Qtde": ("whole", "quantity"),
        "Preço unitário": ("comma", "unit_price"), "Valor total": ("comma", "amount"),
        "Forma de pagamento": ("few", "pay_method"), "Frete": ("comma", "shipping_fee"),
    },
    "Dutch": {
        "Ordernummer": ("key", "order_id"), "Klantnummer": ("who", "customer_id"),
        "Besteldatum": ("dots", "ordered_at"),
        "Artikelnummer": ("what", "product_id"), "Omschrijving": ("word", "product_name"),
        "Aantal": ("whole", "quantity"), "Prijs": ("comma", "unit_price"), "Bedrag": ("comma", "amount"),
    },
    "Italian": {
        "Numero ordine": ("key", "order_id"), "Codice cliente": ("who", "customer_id"),
        "Data ordine": ("dots", "ordered_at"), "Codice articolo": ("what", "product_id"),
        "Quantità": ("whole", "quantity"), "Prezzo unitario": ("comma", "unit_price"), "Totale": ("comma", "amount"),
    },
    "Japanese": {
        "受注番号": ("key", "order_id"), "会員ID": ("who", "customer_id"), "受注日": ("day", "ordered_at"),
        "商品コード": ("what", "product_id"), "商品名": ("word", "product_name"), "数量": ("whole", "quantity"),
        "単価": ("money", "unit_price"), "合計金額": ("money", "amount"), "送料": ("money", "shipping_fee"),
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("table", "country", "headers"),
    [(table, country, headers) for table, all_ in (("customers", PEOPLE), ("orders", ORDERS))
     for country, headers in all_.items()],
)  # fmt: skip
def test_an_export_of_another_country_is_mapped_whole(table, country, headers):
    (proposal,) = propose([look("export.csv", {header: kind for header, (kind, _) in headers.items()})])
    assert proposal.table == table
    assert proposal.columns == {column: header for header, (_, column) in headers.items() if column}


@pytest.mark.parametrize("meaning", NAMES_ABROAD)
def test_every_name_of_another_country_is_known_under_its_meaning(meaning):
    assert meaning in NAMES
    for name in NAMES_ABROAD[meaning].split(" · "):
        assert any(named(table, name) for table in ("orders", "customers", "products", "feedback")), name


def test_words_of_other_countries_have_meanings_of_ours_and_take_none_away():
    assert WORDS_ABROAD.keys() <= WORDS.keys()
    for meaning, names in WORDS.items():
        for name in names.split():
            assert words(name) in ((meaning,), ()), name


def test_accents_and_signs_of_numbers_do_not_change_a_header():
    assert bare("Straße") == "strasse" and bare("CÓDIGO") == "codigo" and bare("Größe") == "grosse"
    assert words("N° de commande") == words("Nº de pedido") == ("id", "order")
    assert bare("データ") == "データ"


def test_a_number_of_something_is_counted_in_english_and_is_a_number_elsewhere():
    assert words("Number of Orders") == ("order", "quantity")
    assert words("Número de pedido") == words("Nummer der Bestellung") == ("id", "order")


@pytest.mark.parametrize(
    ("said", "amounts", "expected"),
    [
        (["EUR", "EUR", ""], [], "EUR"),
        (["eur"], [], "EUR"),
        (["EUR", "CHF"], ["1,00 €"], ""),
        (["Euro"], [], "EUR"),
        ([], ["12,50 €", "1.280,00 €"], "EUR"),
        ([], ["R$ 12,50", ""], "BRL"),
        ([], ["12.50", "¥3"], ""),
        ([], [], ""),
    ],
)
def test_the_currency_of_a_file_is_what_it_says_or_the_sign_on_its_money(said, amounts, expected):
    assert currency(said, amounts) == expected


@pytest.mark.parametrize(
    ("kind", "columns"),
    [
        ("who", {"customer_id"}),
        ("key", {"customer_id"}),
        ("person", {"name", "customer_id"}),
        ("firm", {"name", "customer_id"}),
    ],
)
@pytest.mark.parametrize("header", ["Client", "Kunde", "Customer", "客户"])
def test_a_mere_customer_is_a_number_or_a_name_by_its_cells_and_a_name_never_stands_in_clear(header, kind, columns):
    headers = {"order_id": "key", header: kind, "order_date": "day", "amount": "money"}
    (proposal,) = propose([look("orders.csv", headers)])
    assert {column for column, name in proposal.columns.items() if name == header} == columns


def test_a_file_of_euros_says_so():
    columns = {header: cells(kind) for header, (kind, _) in ORDERS["German"].items()} | {"Währung": ["EUR"] * 40}
    (proposal,) = propose([Look("Bestellungen.csv", columns)])
    assert (proposal.currency, proposal.decimal_mark, proposal.date_order) == ("EUR", ",", "dmy")
