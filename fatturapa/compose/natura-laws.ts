// fatturapa: the law that usually goes with each Natura, for summaries whose lines name none (RiferimentoNormativo, at most 100 characters).

/** Natura → the usual law; a line's own `legalReference` wins. */
export const naturaLaws: ReadonlyMap<string, string> = new Map(
  Object.entries({
    N1: 'Escluso, art. 15 DPR 633/72',
    'N2.1': 'Non soggetto, artt. da 7 a 7-septies DPR 633/72',
    'N2.2': 'Non soggetto a IVA',
    'N3.1': "Non imponibile, cessione all'esportazione, art. 8 DPR 633/72",
    'N3.2': 'Non imponibile, cessione intracomunitaria, art. 41 DL 331/93',
    'N3.3': 'Non imponibile, cessione verso San Marino, art. 71 DPR 633/72',
    'N3.4': 'Non imponibile, operazione assimilata alle esportazioni, artt. 8-bis e 9 DPR 633/72',
    'N3.5': "Non imponibile su dichiarazione d'intento, art. 8 c. 1 lett. c DPR 633/72",
    'N3.6': 'Non imponibile',
    N4: 'Esente, art. 10 DPR 633/72',
    N5: 'Regime del margine, IVA non esposta in fattura',
    'N6.1': 'Inversione contabile, rottami e materiali di recupero, art. 74 c. 7 e 8 DPR 633/72',
    'N6.2': 'Inversione contabile, oro e argento, art. 17 c. 5 DPR 633/72',
    'N6.3': 'Inversione contabile, subappalto nel settore edile, art. 17 c. 6 lett. a DPR 633/72',
    'N6.4': 'Inversione contabile, cessione di fabbricati, art. 17 c. 6 lett. a-bis DPR 633/72',
    'N6.5': 'Inversione contabile, telefoni cellulari, art. 17 c. 6 lett. b DPR 633/72',
    'N6.6': 'Inversione contabile, prodotti elettronici, art. 17 c. 6 lett. c DPR 633/72',
    'N6.7': 'Inversione contabile, comparto edile e settori connessi, art. 17 c. 6 lett. a-ter DPR 633/72',
    'N6.8': 'Inversione contabile, settore energetico, art. 17 c. 6 lett. d-bis, d-ter, d-quater DPR 633/72',
    'N6.9': 'Inversione contabile',
    N7: "IVA assolta in altro Stato dell'Unione europea",
  }),
);
