"""The words by which a remark says that code was left out, in the languages that people and models write in."""

from __future__ import annotations

from typing import Final


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


LEFT: Final = _set("""
    rest remaining remainder remainders existing previous previously other others original originals unchanged more same
    earlier current old similar similarly likewise
    resto restante restantes existente existentes anterior anteriores outro outros outra outras demais original originais
    mesmo mesma mesmos mesmas otro otros otra otras demás mismo misma mismos mismas originales sobrante
    rest restliche restlicher restlichen restliches restlich übrige übrigen übriger übriges bestehende bestehender
    bestehenden bestehendes vorhandene vorhandener vorhandenen vorherige vorheriger vorherigen bisherige bisheriger
    bisherigen weitere weiteren weiterer andere anderen gleiche gleicher gleichen ursprüngliche ursprünglicher
    reste restant restante restants existant existante existants existantes précédent précédente autres même mêmes
    rimanente rimanenti esistente esistenti precedente precedenti altri altre stesso stessa
    bestaande overige resterende vorige andere zelfde
    pozostały pozostałe pozostała istniejący istniejące reszta
    остальной остальная остальные остальное остальную существующий существующие существующая прежний
    kalan mevcut önceki diğer geri
    zvyšok ostatak postojeći ostali останалата останалите съществуващ likusi ülejäänud
    resten övrig övriga övrigt befintlig befintliga tidigare øvrige øvrig eksisterende zbytek zbývající ostatní stávající
    existující loput muut nykyinen többi meglévő maradék restul existent celelalte sisanya sisa lainnya còn решта інші
""")
"""What is left out."""

CODE: Final = _set("""
    code codes file files component components function functions method methods style styles styling css html jsx tsx
    markup import imports export exports content contents implementation implementations logic handler handlers route
    routes test tests card cards item items section sections rule rules class classes prop props type types state states
    hook hooks field fields line lines entry entries template templates config configuration setting settings body
    definition definitions helper helpers util utils utilities everything stuff script scripts module modules page pages
    form forms table rows row column columns list lists data option options case cases branch branches endpoint
    endpoints model models query queries schema schemas view views block blocks statement statements variable variables
    constant constants element elements layout header footer nav navbar navigation sidebar button buttons input inputs icons links
    properties keys values records objects arrays elements children render return returns effect effects reducers actions
    interface interfaces enums declarations assertions constructor getters setters mixins media keyframes animations tags
    select selects join joins clause clauses statement statements
    meta head attributes fixtures mocks setup initialization init migrations selectors dependencies scripts packages
    namespace struct structs trait traits controller controllers service services server servers stage stages job jobs
    target targets task tasks provider providers middleware middlewares plugin plugins event events listener listeners
    callback callbacks validator validators serializer serializers resolver resolvers mutation mutations store stores
    screen screens dialog dialogs modal modals menu menus tab tabs panel panels widget widgets chart charts image images
    link cell cells grid label labels translation translations string strings insert inserts index indexes import's
    paragraph paragraphs text document steps commands instructions program source snippet boilerplate fields part parts
    código códigos arquivo arquivos componente componentes função funções método métodos estilo estilos conteúdo
    implementação lógica rotas rota testes teste cartões cartão itens seção seções regra regras classe tipos tipo estado
    campo campos linhas linha importações importação imports página páginas tudo lista dados definições funcao funcoes
    archivo archivos función funciones funcion contenido implementación rutas ruta pruebas prueba tarjetas elementos
    sección secciones reglas clases tipos líneas línea importaciones todo todos definiciones codigo datei datei dateien
    code komponente komponenten funktion funktionen methode methoden stil stile inhalt inhalte implementierung logik
    routen tests karten karte einträge eintrag abschnitt abschnitte regeln klassen typen zustand felder feld zeilen zeile
    importe seite seiten alles daten quelltext quellcode elemente definitionen
    fichier fichiers composant composants fonction fonctions méthodes contenu implémentation logique routes cartes
    éléments règles lignes suite importations données
    codice componenti funzione funzioni metodi stili contenuto logica righe elementi importazioni
    code bestand functies onderdelen stijlen
    kod kodu plik pliku funkcje funkcja komponent komponenty dosya dosyanın fonksiyon fonksiyonlar
    koden kode koodi koodista koodin kód kódu soubor souboru filen filer fil fájl codul codului fișierului funktioner
    funktionerne funktiot függvények funkce mã tệp коду файлу функції details readme document
    код кода файл файла функции функция компонент компоненты стили импорты содержимое логика методы
""")
"""What a program is made of."""

SURE: Final = _set("""
    identical idêntico idêntica idéntico idéntica identisch identique identico
    unchanged unmodified untouched omitted omit truncated snipped snip elided abbreviated brevity unaltered shortened condensed
    inalterado inalterada inalterados inalteradas omitido omitida omitidos omitidas brevidade abreviado
    igual iguais iguales gleichbleibend cambios breve brevedad
    unverändert unveränderte unveränderter ausgelassen weggelassen gekürzt
    inchangé inchangée inchangés inchangées omis omise brièveté
    invariato invariata invariati omesso omessi brevità
    ongewijzigd weggelaten
    без_изменений опущено опущен
    zmian pominięto değişmedi aynı
    zmeny промяна isti pakeitimų muudatusteta
    oförändrad oförändrat oförändrade uændret uændrede uendret nezměněno nezměněný změny ennallaan muuttumaton
    muuttumattomana változatlan változatlanul neschimbat neschimbată neschimbate nguyên tetap змін
""")
"""What says by itself that something is not written out."""

FILLER: Final = _set("""
    i i've we we've you have one because
    the of your this that these those for is are be been was were goes go here there all any a an and or with from above
    below in on to at as it its my our stays stay remains remain keep keeps kept keeping before after like unless
    continues continue continued continuing follows follow following same exactly exact no changes change changed not
    else they were was it's stuff etc previously version needed required shown see still left leave leaving intact etc add additional insert put paste place include
    implement implementation would should will can so just only both also up down out section part version already repeat readability conciseness first answer message reply
    o os as um uma do da dos das de e em no na nos nas seu sua este esta esse essa aqui igual permanece permanecem fica
    ficam continua continuam mantém mantenha manter mantido mantida mantidos mantidas sem alteração alterações mudança
    mudanças antes como que é são não para por segue seguem vai vão
    el la los las lo un una del al y en su tu este esta aquí acá sigue siguen permanece permanecen queda quedan mantener
    mantiene mantén se sin cambio modificar antes como que es son no para por va van
    er sie war waren
    der die das den dem des ein eine hier bleibt bleiben wie vorher zuvor bisher ohne änderung änderungen und von vom
    im in aus ist sind siehe oben unten folgt folgen kommt kommen stehen steht so für kürze der beibehalten behalten
    qu'avant qu'auparavant tel quel telle quelle
    le la les l du de d des un une ici reste restent comme avant sans changement modification et est sont pour par suit
    il lo gli i e di del della dei delle qui resta restano come prima senza modifiche è sono per
    het de een van hier blijft blijven zoals eerst
    ostaje jääb be без частта част от е
    av är som förut samma er forblir som før beze jako jsou zůstává a az része ugyanaz marad mint korábban rămâne sunt ca
    înainte seperti sebelumnya sama berubah tidak phần lại giữ như cũ
    bez jak wcześniej tutaj остаётся остается остаются здесь как раньше без изменений и burada olduğu gibi kalır
""")
"""Words between."""

PHRASES: Final = (
    "rest of the code", "rest of your code", "rest of the file", "rest of code", "code goes here", "code here",
    "rest stays", "rest remains", "rest is unchanged", "rest is the same", "resto permanece", "resto continua",
    "resto fica", "resto sigue", "resto queda", "rest bleibt", "reste reste", "resto rimane",
    "rest of the component", "rest of the method", "rest of the function", "rest of the class", "rest of the script",
    "rest of the module", "rest of the jsx", "rest of the logic", "rest of the css", "rest of the styles",
    "rest of the imports", "rest of the markup", "rest of the template", "rest of the handlers", "rest of the routes", "in the original", "from the original", "from before", "from the previous", "like before",
    "as it was", "as they were", "as previously", "in the previous", "rest of the implementation", "existing code", "your code here", "same as before",
    "same as above", "same as original", "as before", "remains the same", "remain the same", "stays the same",
    "stay the same", "remains unchanged", "remain unchanged", "stays unchanged", "stay unchanged", "left unchanged",
    "is unchanged", "are unchanged", "no changes", "no change", "no further changes", "no other changes", "for brevity", "not shown", "keep as is", "keeps as is",
    "left as is", "rest as is", "as they are", "code as is", "as it is", "leave as is", "remains as is", "stays as is", "stay as is", "implementation here",
    "implementation goes here", "goes here", "continues here", "unchanged from", "identical to", "nothing changes",
    "resto do código", "resto do codigo", "resto do arquivo", "resto del código", "resto del codigo",
    "resto del archivo", "código existente", "codigo existente", "sem alterações", "sem alteração", "sem mudanças",
    "sin cambios", "permanece igual", "permanecem iguais", "continua igual", "continuam iguais", "como antes",
    "igual que antes", "igual a antes", "sigue igual", "siguen igual", "o mesmo de antes", "lo mismo que antes",
    "rest des codes", "rest der datei", "rest vom code", "restlicher code", "bestehender code", "bleibt gleich",
    "bleiben gleich", "bleibt unverändert", "bleiben unverändert", "wie vorher", "wie zuvor", "wie bisher",
    "ohne änderungen", "keine änderungen", "der kürze halber",
    "reste du code", "reste du fichier", "code existant", "sans changement", "comme avant", "reste inchangé",
    "resto del codice", "codice esistente", "senza modifiche", "come prima",
    "rest van de code", "bestaande code", "reszta kodu", "bez zmian", "kodun geri kalanı", "aynı kalır",
    "остальной код", "остальная часть", "без изменений", "существующий код", "остаётся без", "как раньше",
    "其余代码", "其余的代码", "其他代码", "剩余代码", "剩下的代码", "原有代码", "现有代码", "保持不变", "不变", "其余部分", "其他部分", "剩余部分", "与之前相同", "和之前一样", "同前", "代码不变", "此处省略",
    "nothing else changes", "nothing else changed", "nothing changed below", "nothing changed after", "as in your version", "as in the file you have", "as in the previous", "as you have it",
    "ne change pas", "ne changent pas", "no cambia", "não muda", "ändert sich nicht", "tetap sama", "giữ nguyên",
    "решта коду", "існуючий код", "без змін", "υπόλοιπος κώδικας", "υπόλοιπο αρχείο", "παραμένει ίδιο", "χωρίς αλλαγές",
    "باقي الكود", "بقية الكود", "كما هو", "بدون تغيير", "بقیه کد", "بدون تغییر", "שאר הקוד", "ללא שינוי", "बाकी कोड", "वही रहेगा",
    "पहले जैसा", "कोई बदलाव नहीं", "โค้ดส่วนที่เหลือ", "เหมือนเดิม", "나머지는 동일", "나머지는 그대로", "이하 생략", "残りは", "以下は同じ",
    "其余保持", "未改动", "无变化", "没有变化", "后续代码", "其餘程式碼", "保持不變",
    "as above", "as in the earlier", "as in the last", "stay as they are", "stays as it is", "remain as they are", "keep as they are",
    "元のコード", "元のまま", "のまま", "そのまま", "原样", "原来的代码", "原代码", "원래 코드", "원본 코드",
    "省略", "同上", "残りのコード", "既存のコード", "変更なし", "以下同じ", "以下略", "나머지 코드", "기존 코드", "변경 없음", "그대로", "생략",
)  # fmt: skip
"""Whole turns of phrase that say it."""
