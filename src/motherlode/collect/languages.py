"""Words and names of headers in German, French, Spanish, Portuguese, Italian, Dutch and Japanese.

The same meanings as in `words` and `vocabulary`. Accents are left out, as they are when a header is read: `Straße` is
`strasse`, `Código` is `codigo`. A word that is English too, and means something else there, is not listed.
"""

WORDS_ABROAD: dict[str, str] = {
    # who and what
    "customer": (
        "kunde kunden kundin auftraggeber debitor kaufer kaeufer besteller mitglied mitglieds mitglieder nutzer"
        " benutzer"
        " cliente clientes clienti acheteur adherent utilisateur abonne comprador socio usuario membro acquirente"
        " utente klant klanten gebruiker 顧客 会員 得意先 お客様 購入者 注文者"
    ),
    "visitor": "besucher geraet gerat visiteur appareil visitante dispositivo visitatore bezoeker",
    "order": (
        "bestellung bestellungs bestellungen bestell faktura fakt auftrag auftrags auftraege rechnung rechnungs beleg"
        " belege kauf kaufs verkauf verkaufs verkaeufe commande commandes facture factures achat achats vente ventes"
        " pedido pedidos factura facturas fatura faturas compra compras venta ventas venda vendas ordine ordini"
        " bestel fattura fatture acquisto acquisti vendita vendite scontrino bestelling bestellingen factuur"
        " aankoop verkoop 注文 受注 購入 売上 伝票"
    ),
    "product": (
        "artikel material produkt produkte produkts ware waren produit produits producto productos articulo articulos"
        " produto produtos prodotto prodotti articolo articoli 商品 品目"
    ),
    "company": (
        "firma firmen unternehmen betrieb societe entreprise empresa empresas compania azienda ditta bedrijf 会社 法人"
    ),
    "event": "ereignis aktion evenement evento 行動",
    "session": "sitzung sesion sessao sessione sessie",
    "campaign": "kampagne campagne campana campanha campagna",
    "feedback": (
        "bewertung bewertungs rezension umfrage avis enquete resena encuesta avaliacao pesquisa recensione beoordeling"
    ),
    "receiver": (
        "empfanger empfaenger liefer lieferung versand destinataire livraison expedition destinatario entrega envio"
        " spedizione consegna ontvanger verzend levering 届け先 配送先"
    ),
    "coupon": "gutschein gutscheincode cupon cupom buono",
    "staff": "mitarbeiter verkaufer verkaeufer berater vertreter vendeur vendedor empleado venditore verkoper 担当者",
    "owner": "zustaendig zustandig betreuer responsable responsavel",
    "supplier": "lieferant hersteller marke fournisseur fabricant marque proveedor marca fornecedor fornitore",
    "store": "filiale laden magasin boutique tienda sucursal loja negozio winkel filiaal 店舗",
    # what of it
    "id": "nummer numero kennung identifiant codigo clave codice cd cod 番号 コード",
    "name": "bezeichnung nom nombre nome naam libelle designation 氏名",
    "time": "datum zeit uhrzeit zeitpunkt heure jour fecha hora data giorno tijd 日時 日付",
    "amount": (
        "betrag wert umsatz summe montant valeur somme importe monto suma valor valores montante importo valore"
        " bedrag waarde omzet 金額"
    ),
    "price": "preis preise prix precio precios preco precos prezzo prezzi prijs 単価 価格",
    "cost": "kosten cout couts frais coste costo costes gasto gastos custo custos 原価",
    "quantity": (
        "menge anzahl stueck stuck stueckzahl stuckzahl stk quantite qte cantidad cant unidades quantidade qtd qtde"
        " quantita qta aantal 数量 個数"
    ),
    "status": "statut stato situacao situacion",
    "stage": "etape etapa fase",
    "kind": "kategorie kategorien warengruppe categorie categoria categorias tipo soort art カテゴリ",
    "text": "inhalt nachricht texte texto mensaje mensagem testo",
    "stars": "sterne etoiles estrellas puntuacion calificacion estrelas stelle",
    "phone": "handy mobil rufnummer portable telefono movil celular telefone cellulare telefoon mobiel 電話",
    "email": "courriel correo electronico eletronico 電子メール",
    "gender": "geschlecht sexe sexo genero sesso geslacht 性別",
    "birth": "geburts geburt geboren geburtstag naissance nacimiento nascimento nascita geboorte 生年",
    "age": "alter edad idade leeftijd 年齢",
    "address": "adresse anschrift strasse rue direccion calle endereco rua logradouro indirizzo adres straat 住所",
    "city": "ort stadt wohnort ville localite ciudad poblacion localidad municipio cidade citta comune stad plaats",
    "province": "bundesland kanton provincia provincie regione estado 都道府県",
    "district": "bezirk landkreis arrondissement distrito bairro",
    "country": "land pays pais paese 国名",
    "zip": "plz postleitzahl cep 郵便",
    "level": "stufe niveau palier nivel livello 会員ランク",
    "source": "quelle herkunft origine provenance origen origem fonte",
    "channel": "kanal vertriebsweg canal canale kanaal",
    "industry": "branche secteur rubro setor settore 業種",
    "employees": "mitarbeiterzahl effectif empleados",
    "describe": "beschreibung descripcion descricao descrizione omschrijving",
    "job": "beruf cargo puesto profesion profissao 役職",
    "website": "webseite webadresse internetseite",
    "points": "punkte puntos pontos punti ポイント",
    "balance": "guthaben saldo kontostand solde 残高",
    "currency": "waehrung wahrung wahrg waehrg devise monnaie moneda divisa moeda valuta 通貨",
    "method": "methode moyen metodo 方法",
    "remark": "bemerkung anmerkung notiz hinweis remarque notas observaciones observacao opmerking 備考",
    "page": "seite pagina",
    "consent": "einwilligung zustimmung consentement consentimiento consentimento consenso",
    "churn": "cancelou evadiu evasao gekuendigt kuendigung gekundigt kundigung abgewandert resilie resiliation",
    # how it is meant
    "created": (
        "angelegt erstellt registriert registrierung anmeldung seit creation cree inscription depuis creacion alta"
        " registro criacao adesao cadastro creazione registrazione iscrizione aangemaakt 登録 入会"
    ),
    "active": "aktiv aktivitaet aktivitat actif activite activo actividad ativo atividade",
    "first": "erste erster premier premiere primera primer primeira primo",
    "last": "letzte letzter letzten dernier derniere ultimo ultima",
    "paid": "bezahlt gezahlt zahlung zahlungs paye payee paiement reglement pago pagos pagado pagamento betaald 支払",
    "unit": "einzel unitaire unitario",
    "net": "netto liquido",
    "total": "gesamt ttc totale totaal 合計 税込",
    "line": "zeile ligne linea linha riga",
    "discount": "rabatt nachlass skonto remise rabais descuento desconto sconto korting 割引 値引",
    "refund": "erstattung rueckerstattung ruckerstattung gutschrift remboursement reembolso estorno rimborso 返金",
    "freight": "fracht porto flete frete 送料",
    "annual": "jahr jahres annuel anual",
    "national": "personalausweis",
    # words that turn a meaning into another one
    "other": (
        "steuer mehrwertsteuer mwst ust tva taxe iva impuesto imposto icms btw retoure retour rueckgabe storno"
        " storniert annule cancelado anulado devolucion devolucao faellig faelligkeit echeance vencimiento vencimento"
        " scadenza geaendert modifie modificado alterado vorherige gewicht poids lager"
    ),
}

NOISE_ABROAD = (
    "de du des la le les el los las do da dos das der die den des von fur fuer pour para por en e y et und di del"
    " della il lo une d l ht"
)

NAMES_ABROAD: dict[str, str] = {
    "customer_id": (
        "kd-nr · kdnr · kundennr · kunden-nr · n client · id_cliente · cod_cliente · n cliente ·"
        " 顧客番号 · 顧客ID · 顧客コード · 会員番号 · 会員ID · お客様番号 · 得意先コード · ユーザーID"
    ),
    "name": (
        "raison_sociale · razon_social · nombre_completo · nome_completo · 氏名 · 名前 · お名前 · 会員名 · 得意先名"
    ),
    "first_name": "vorname · rufname · prenom · nome_proprio · voornaam",
    "last_name": (
        "nachname · familienname · zuname · nom_de_famille · apellido · apellidos · sobrenome · cognome · achternaam"
    ),
    "phone": "telefonnummer · handynummer · mobilnummer · 電話番号 · 携帯電話 · 携帯番号",
    "email": "e-mail-adresse · emailadresse · adresse_mail · 電子メール · メール · メールアドレス",
    "birthday": "geburtsdatum · geburtstag · date_de_naissance · fecha_de_nacimiento · 生年月日 · 誕生日",
    "zip": "cp · c.p. · cap · 郵便番号",
    "city": "市区町村",
    "province": "uf",
    "address": "strasse_und_hausnummer · 住所",
    "registered_at": "kunde_seit · mitglied_seit · client_depuis · 登録日 · 会員登録日 · 入会日 · 登録日時",
    "order_id": (
        "best-nr · bestellnr · faktura · rechnungsnr · belegnr · n commande · nota_fiscal · 注文番号 · 注文ID ·"
        " 受注番号 · 伝票番号"
    ),
    "order_time": "注文日 · 注文日時 · 受注日 · 受注日時 · 購入日 · 購入日時 · 売上日 · 受付日",
    "pay_time": "入金日 · 決済日",
    "order_status": "estado_del_pedido · estado_pedido · estado_do_pedido · 注文状態 · 注文ステータス · ステータス",
    "paid_amount": (
        "gesamtbetrag · gesamtpreis · rechnungsbetrag · endbetrag · bruttobetrag · gesamtsumme · positionsbetrag ·"
        " importe_total · montant_ttc · valor_total · 合計金額 · 請求金額 · 支払金額 · 売上金額 · 税込金額 · 金額 ·"
        " 小計"
    ),
    "discount": "割引額 · 値引額",
    "pay_method": (
        "zahlungsart · zahlweise · mode_de_paiement · forma_de_pago · forma_de_pagamento · 支払方法 · 決済方法"
    ),
    "product_id": "art-nr · artnr · artikelnr · referencia · 商品コード · 商品番号 · 品番 · JANコード",
    "product_name": (
        "artikelbezeichnung · artikelname · materialkurztext · kurztext_material · produktname ·"
        " bezeichnung · designation · libelle · 商品名 · 品名 · 製品名"
    ),
    "category": "warengruppe · rayon · famille · カテゴリ · カテゴリー · 商品カテゴリ",
    "quantity": "stueckzahl · stuckzahl · 数量 · 個数 · 購入数",
    "unit_price": "stueckpreis · stuckpreis · vk-preis · vk · p.u. · 単価 · 販売価格 · 税込単価",
    "unit_cost": "ek-preis · ek · einkaufspreis · 原価 · 仕入価格",
    "review_text": "レビュー · コメント",
    "loosely_product_name": (
        "product_description · item_description · beschreibung · produktbeschreibung · artikelbeschreibung ·"
        " descripcion · descripcion_del_producto · descricao · descricao_do_produto · descrizione · omschrijving"
    ),
}
