"""Word lists for reading a prompt: kinds of app, adjectives, words that need a server, and other languages."""

from __future__ import annotations

from typing import Final


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that name the kind of thing wanted, not what it is about.
KINDS: Final = _set(
    "app apps application site website webpage page web homepage tracker tracking list checklist todo to-do todos to-dos board kanban dashboard quiz "
    "quizzes shop store storefront ecommerce e-commerce blog portfolio planner organizer organiser timer game tool manager management "
    "system platform calculator generator landing log logger journal diary notebook notes note chat chatbot messenger forum directory catalog "
    "catalogue gallery library collection database viewer editor finder explorer calendar schedule scheduler form survey poll wiki guide "
    "homepage interface ui frontend front-end prototype mockup mvp clone widget counter monitor hub portal marketplace feed reader "
    "flashcards flashcard converter picker player weather forecast pomodoro budget expense expenses invoice invoices spending splitter menu "
    "tasks task trivia test exam stopwatch countdown habit habits reminder reminders inbox newsletter resume cv analytics metrics stats crm inventory "
    "programme program project software thing something product products items item stuff data info information onepager one-pager pipeline roadmap "
    "memory rsvp booking bookings appointments appointment reservation reservations timetable itinerary changelog flashcard-app rota polls surveys generators calculators picker roller tester formatter shortener setlist-maker listings "
    "backlog sprint scrum agenda memo memos browser visualizer simulator keeper bingo cart checkout sheet index archive"
)
# Kind words that can be the subject when no other word is.
SOFT_KINDS: Final = _set(
    "booking appointments changelog listings budget expense expenses invoice invoices spending library weather forecast habit habits menu game trivia newsletter resume inventory calendar "
    "gallery crm tasks roadmap products journal diary notes reminders analytics quiz timer pomodoro chat dashboard kanban portfolio shop store blog calculator"
)
STOP: Final = _set(
    "a an the my our your their his her its this that these those some any all each every me us you i we they he she it one of to in on at by for "
    "from with without into onto about as and or but nor so then than too very really just also only even still please kindly thanks hi hello hey "
    "can could would should will shall may might must do does did done be is are was were am being been have has had having not no yes "
    "want wants need needs like looking look help lets let let's gonna wanna i'd i'm id im us we'd we're get gets got getting give gives go going make makes made making "
    "build builds building create creates creating design designs develop write generate show shows showing showcase display displays displaying see view "
    "use uses using used work works working keep keeps keeping allow allows allowing let lets enable enables add adds adding remove removes "
    "edit edits editing delete deletes deleting manage manages managing track tracks organize organise organizing organising plan plans planning log logs logging record records recording "
    "save saves saving store stores storing find finds finding browse share shares sharing list lists listing where which who whom whose what when how why "
    "there here out up down off over under again more most less least few many much other another same such own both between through during before after "
    "called named titled name title entitled called app's new nice good great cool simple simply basic minimal minimalist minimalistic clean modern sleek beautiful pretty "
    "elegant fancy fun cute quick fast easy easily small little tiny big large huge full complete single multi interactive responsive mobile "
    "online offline digital virtual personal custom professional awesome amazing stunning colorful colourful playful friendly user user-friendly users people person everyone someone "
    "anyone based style styled themed theme mode look feel colour color colours colors background header different various several lot lots bit way ways kind kinds "
    "type types sort sorts etc e.g eg ie maybe perhaps probably actually basically today's daily weekly monthly yearly always never "
    "react reactjs vue vuejs vue.js svelte sveltekit angular tailwind typescript javascript html css next nextjs next.js vite node nodejs python flask django fastapi express rails "
    "inspired similar including include includes featuring features feature via per plus using app-like ability able visitors customers clients support supports "
    "upcoming latest best favorite favourite favorites favourites top local around near within across learning learn studying study practising practicing practice"
    " thing things something anything everything stuff ok okay well please pls plz lol btw hey could u ur im dont don't doesn't isn't it's its that's what's"
    " shared splitting practise rate rating discover"
    " sell sells selling buy buys buying book books-in order orders ordering help helps helping watch watches read reads reading play plays playing"
    " everyone's small-scale real fake mock sample dummy placeholder placeholders random nothing brand brand-new first second third two three four five six seven eight nine ten dozen 1 2 3 4 5 6 7 8 9 10"
    " visualise visualize visualizes visualising visualizing explain explains teach teaches teaching promote promotes advertise rate rates review reviews compare compares collect collects sorted grouped split splits calculate"
    " remember remembers count counting counts ever whenever gave used gently mostly entirely awaiting ready bold warm cold calm cosy cozy vibrant retro futuristic classic luxurious luxury"
) - {"book"}  # fmt: skip
PEOPLE: Final = _set(
    "team friends family kids children students beginners adults seniors teachers parents colleagues class classmates roommates flatmates housemates "
    "group club neighbours neighbors members employees staff customers clients guests players fans freelancers developers designers engineers runners "
    "travellers travelers families couples girlfriend boyfriend wife husband daughter son mum mom dad grandma grandmother grandpa sister brother "
    "toddlers teenagers teens graders grader nurses doctors musicians artists writers readers people company office department everyone me myself us boss startup"
)
# Features that an app can have, as opposed to its subject.
FEATURES: Final = _set(
    "search searching searchbar filter filters filtering sort sorting tags tag categories category labels contact form forms pricing prices price testimonials reviews faq newsletter hero "
    "footer header navbar navigation nav menu sidebar chart charts graph graphs statistics stats progress bar bars drag drop timer timers sound sounds alarm notifications reminders due dates date "
    "priorities priority streak streaks score scores scoring leaderboard levels images image pictures photos gallery video videos map maps login signin signup cart checkout wishlist comments comment "
    "likes ratings rating export import print sharing dark light animations animation confetti mode button buttons section sections page pages columns column rows cards card table tables swimlanes "
    "calendar month week day settings profile profiles badge badges keyboard shortcuts undo languages totals total summary history favourites favorites subtasks checklist checklists attachments "
    "password database api authentication payment payments chatbot toggle slider carousel modal popup countdown counter breaks sessions markdown pin pinned archive editor preview"
)
# Words that ask for servers and outside services; the demo can only give a front end with sample data for them.
BACKEND: Final = {
    "a database": _set("database db postgres postgresql mysql mongodb mongo sqlite sql supabase firebase redis prisma"),
    "accounts and signing in": _set("login log-in signin sign-in signup sign-up authentication auth oauth accounts account password passwords register registration"),
    "real payments": _set("payment payments stripe paypal checkout-payments billing subscriptions"),
    "a server": _set("api rest backend back-end server flask django fastapi express rails laravel spring graphql node nodejs websocket websockets php java golang rust"),
    "e-mail": _set("email emails e-mail e-mails sms notifications push-notifications mailing"),
    "an AI model": _set("ai gpt chatgpt llm openai claude gemini"),
    "live outside data": _set("realtime real-time live-data scraping scrape scraper blockchain"),
    "file uploads": _set("upload uploads uploading"),
    "maps": _set("gps google-maps geolocation"),
}  # fmt: skip
EMOJI: Final = {
    "🐶": "dog", "🐕": "dog", "🐱": "cat", "🐈": "cat", "🌱": "plants", "🪴": "houseplants", "🌻": "garden", "🍕": "pizza", "☕": "coffee", "🍰": "cakes",
    "🎂": "birthday", "📚": "books", "🎬": "films", "🎵": "music", "🎸": "guitar", "🏃": "running", "🧘": "yoga", "💪": "workouts", "🚲": "bikes", "🚗": "cars",
    "✈️": "travel", "✈": "travel", "🏕": "camping", "⚽": "football", "🏀": "basketball", "🎾": "tennis", "♟": "chess", "🎮": "video games", "💍": "wedding", "👶": "baby",
    "🦖": "dinosaurs", "🦕": "dinosaurs", "🚀": "space", "🍷": "wine", "🍺": "beer", "🍫": "chocolate", "🕯": "candles", "👟": "shoes", "💰": "budget", "🏠": "house",
    "🐝": "bees", "🐴": "horses", "🐠": "aquarium", "🍜": "recipes", "🍔": "burgers", "🌮": "tacos", "🍣": "sushi", "📷": "photography", "🎨": "art", "✅": "todo", "📝": "notes",
    "⏱": "timer", "🍅": "pomodoro", "🛒": "shop", "🛍": "shop", "💬": "chat", "🌦": "weather", "☀️": "weather", "📊": "dashboard", "🧶": "knitting", "🐦": "birds",
}  # fmt: skip
# Words of other languages that are common in short prompts, each with the English word that the other lists know.
TRANSLATED: Final = {
    # Portuguese
    "lista": "list", "tarefas": "tasks", "tarefa": "task", "afazeres": "todo", "compras": "shopping", "receitas": "recipes", "receita": "recipe", "plantas": "plants", "planta": "plant",
    "loja": "shop", "venda": "shop", "página": "page", "pagina": "page", "aplicativo": "app", "aplicação": "app", "aplicacao": "app", "sítio": "site", "casamento": "wedding", "viagem": "travel",
    "viagens": "travel", "cachorro": "dog", "cachorros": "dogs", "cão": "dog", "cães": "dogs", "gato": "cat", "gatos": "cats", "despesas": "expenses", "gastos": "expenses", "orçamento": "budget",
    "finanças": "budget", "notas": "notes", "anotações": "notes", "livros": "books", "livro": "book", "filmes": "films", "filme": "film", "música": "music", "músicas": "music", "treino": "workout", "treinos": "workouts",
    "corrida": "running", "quadro": "board", "painel": "dashboard", "vendas": "sales", "tempo": "weather", "clima": "weather", "previsão": "forecast", "história": "history", "escola": "school", "matemática": "maths",
    "ciência": "science", "futebol": "football", "xadrez": "chess", "jogos": "games", "jogo": "game", "café": "coffee", "chá": "tea", "vinho": "wine", "vinhos": "wines", "cerveja": "beer", "padaria": "bakery", "pão": "bread",
    "restaurante": "restaurant", "velas": "candles", "jóias": "jewellery", "joias": "jewellery", "roupas": "clothes", "sapatos": "shoes", "fotografia": "photography", "fotógrafo": "photographer", "fotógrafa": "photographer",
    "jardim": "garden", "jardinagem": "gardening", "horta": "garden", "mudança": "moving", "casa": "house", "bebê": "baby", "bebé": "baby", "aniversário": "birthday", "festa": "party", "estudos": "study", "estudar": "study",
    "hábitos": "habits", "saúde": "health", "sono": "sleep", "meditação": "meditation", "carros": "cars", "carro": "car", "bicicletas": "bikes", "bicicleta": "bike", "portfólio": "portfolio", "conversa": "chat", "mensagens": "messages",
    "temporizador": "timer", "cronômetro": "timer", "equipe": "team", "equipa": "team", "sobre": "about", "para": "for", "com": "with", "sem": "without", "chamado": "called", "chamada": "called", "minhas": "my", "meus": "my", "minha": "my",
    "meu": "my", "nossa": "our", "nosso": "our", "uma": "a", "um": "a", "de": "of", "do": "of", "da": "of", "dos": "of", "das": "of", "quero": "want", "crie": "create", "criar": "create", "faça": "make", "modo": "mode",
    "escuro": "dark", "artesanais": "handmade", "revolução": "revolution", "francesa": "french", "pássaros": "birds", "animais": "animals", "flores": "flowers", "bolos": "cakes", "bolo": "cake", "chocolates": "chocolates",
    "igreja": "church", "museu": "museum", "biblioteca": "library", "advogado": "lawyer", "dentista": "dentist", "médico": "doctor", "imóveis": "property", "energia": "energy", "línguas": "languages", "espaço": "space",
    "dinossauros": "dinosaurs", "geografia": "geography", "países": "countries", "capitais": "capitals", "gerenciar": "manage", "acompanhar": "track", "controlar": "track", "regas": "watering", "rega": "watering", "limpeza": "cleaning",
    "etiquetas": "tags", "etiqueta": "tag", "busca": "search", "calculadora": "calculator", "gorjeta": "tip", "gorjetas": "tips", "conta": "bill", "passeio": "walking", "serviço": "service", "serviços": "services",
    "solar": "solar", "sistema": "system", "planetas": "planets", "planeta": "planet", "calendário": "calendar", "agenda": "calendar", "reserva": "booking", "reservas": "bookings", "estúdio": "studio", "pequena": "small", "pequeno": "small",
    "controle": "tracker", "grade": "grid", "semanal": "weekly", "semana": "week", "sequências": "streaks", "memória": "memory", "ideias": "ideas", "independente": "independent", "leitura": "reading", "virtual": "online", "louças": "tableware",
    "carrinho": "cart", "divide": "splits", "hora": "hour", "dia": "day", "mês": "month", "trabalho": "work", "favoritos": "bookmarks", "bairro": "neighbourhood", "caminhadas": "walks", "rascunhos": "drafts", "comentários": "comments",
    "hábito": "habit", "cor": "colour", "azul": "blue", "verde": "green", "vermelho": "red", "roxo": "purple", "amarelo": "yellow", "laranja": "orange", "rosa": "pink", "os": "the", "as": "the", "o": "the", "à": "to", "às": "to", "ao": "to",
    "que": "that", "em": "in", "por": "per", "não": "not", "clube": "club", "turma": "class", "família": "family", "amigos": "friends", "bolsas": "bags", "brinquedos": "toys", "cliente": "customer", "clientes": "customers", "pedidos": "orders",
    "academia": "gym", "ioga": "yoga", "salão": "salon", "cabeleireiro": "hairdresser", "peças": "parts", "frutas": "fruit", "legumes": "vegetables", "peixes": "fish", "aves": "birds", "cavalos": "horses", "abelhas": "bees",
    # Spanish
    "tareas": "tasks", "recetas": "recipes", "tienda": "shop", "perro": "dog", "perros": "dogs", "boda": "wedding", "viaje": "travel", "viajes": "travel", "libros": "books", "películas": "films", "gastos-es": "expenses", "presupuesto": "budget",
    "tablero": "board", "panel": "dashboard", "una": "a", "un": "a", "el": "the", "la": "the", "los": "the", "las": "the", "con": "with", "sin": "without", "quiero": "want", "aplicación": "app", "mis": "my", "mi": "my", "historia": "history",
    "jardín": "garden", "zapatos": "shoes", "clases": "classes", "fútbol": "football", "ajedrez": "chess", "panadería": "bakery", "temporizadora": "timer", "apuntes": "notes", "y": "and", "llamada": "called", "llamado": "called", "e": "and",
    # French
    "liste": "list", "tâches": "tasks", "recettes": "recipes", "boutique": "shop", "chien": "dog", "chiens": "dogs", "chat-fr": "cat", "chats": "cats", "mariage": "wedding", "voyage": "travel", "voyages": "travel", "livres": "books",
    "films": "films", "dépenses": "expenses", "tableau": "board", "site": "site", "pour": "for", "avec": "with", "sans": "without", "une": "a", "les": "the", "des": "of", "du": "of", "le": "the", "mes": "my", "mon": "my", "histoire": "history", "jardinage": "gardening",
    "boulangerie": "bakery", "météo": "weather", "appelée": "called", "appelé": "called", "et": "and", "je": "i", "veux": "want",
    # German
    "einkaufsliste": "shopping list", "aufgaben": "tasks", "aufgabenliste": "todo list", "rezepte": "recipes", "laden": "shop", "hund": "dog", "hunde": "dogs", "katzen": "cats", "hochzeit": "wedding", "reise": "travel", "bücher": "books", "filme-de": "films",
    "ausgaben": "expenses", "haushaltsbuch": "budget", "seite": "page", "webseite": "website", "für": "for", "über": "about", "mit": "with", "ohne": "without", "eine": "a", "ein": "a", "einen": "a", "meine": "my", "mein": "my", "unsere": "our", "geschichte": "history",
    "garten": "garden", "pflanzen": "plants", "wetter": "weather", "notizen": "notes", "bäckerei": "bakery", "und": "and", "der": "the", "die": "the", "das-de": "the", "genannt": "called", "namens": "called", "erstelle": "create", "ich": "i", "möchte": "want",
}  # fmt: skip
# What is said in several words, or with the words the other way round.
PHRASES: Final = {
    "lista de tarefas": "todo list", "lista de afazeres": "todo list", "lista de compras": "shopping list", "lista de leitura": "reading list", "quadro kanban": "kanban board", "quadro de tarefas": "kanban board",
    "jogo da memória": "memory game", "jogo de memória": "memory game", "calculadora de gorjetas": "tip calculator", "calculadora de gorjeta": "tip calculator", "controle de gastos": "expense tracker", "controle de despesas": "expense tracker",
    "controle de hábitos": "habit tracker", "rastreador de hábitos": "habit tracker", "painel de vendas": "sales dashboard", "loja virtual": "online shop", "loja online": "online shop", "site de receitas": "recipe site", "livro de receitas": "recipe site",
    "app do tempo": "weather app", "previsão do tempo": "weather forecast", "app de notas": "notes app", "app de chat": "chat app", "timer pomodoro": "pomodoro timer", "página inicial": "landing page", "página de status": "status page",
    "sistema solar": "solar system", "serviço de passeio com cães": "dog walking service", "passeio com cães": "dog walking", "passeio com cachorros": "dog walking", "passeio de cães": "dog walking", "fechamento de compra": "checkout", "por hora": "hourly", "por semana": "weekly",
    "calendário de reservas": "booking calendar", "estúdio de jardinagem": "garden studio", "louças artesanais": "handmade tableware", "velas artesanais": "handmade candles", "grade semanal": "week grid", "equipe pequena": "small team", "reserva de salas": "room booking",
    "salas de reunião": "meeting rooms", "banco de dados": "database", "chat ao vivo": "live chat", "quadro de sugestões": "feedback board", "livro de visitas": "guestbook", "encurtador de links": "link shortener", "quadro branco": "whiteboard",
    "painel ao vivo": "live dashboard", "designer independente": "independent designer",
}  # fmt: skip
# Words that nearly every prompt in that language has: two of them, or one with a translated noun, identify the
# language.
FUNCTION_WORDS: Final = {
    "pt": _set("um uma para com sem de do da dos das meu minha meus minhas quero sobre crie faça que não e o os à às ao nossa nosso chamado chamada"),
    "es": _set("un una para con sin de del el la los las mi mis quiero sobre que y llamado llamada"),
    "fr": _set("un une pour avec sans de du des le la les mon ma mes je veux sur et une appelé"),
    "de": _set("ein eine einen für mit ohne der die das mein meine unsere ich möchte über und namens"),
}  # fmt: skip

# Words that tell what the app does; when "for …" names a subject, they are not the subject: "sales dashboard for a
# coffee roastery".
DESCRIBING: Final = frozenset(
    [
        "restaurant",
        "used",
        "packing",
        "focus",
        "customer",
        "support",
        "sales",
        "sale",
        "hiring",
        "project",
        "planting",
        "shopping",
        "study",
        "marketing",
        "admin",
        "team",
        "planning",
        "content",
        "event",
        "booking",
        "order",
        "bug",
        "ticket",
        "business",
        "small",
        "company",
        "trip",
        "master",
        "training",
        "community",
        "shared",
        "group",
        "faq",
        "pricing",
        "status",
        "waitlist",
        "appointment",
        "shift",
        "class",
        "photo",
        "standup",
        "symptom",
        "volunteer",
        "donation",
        "nonprofit",
        "membership",
        "rsvp",
        "map",
        "directory",
        "employee",
        "content",
        "lesson",
        "random",
        "name",
        "loyalty",
        "signup",
        "travel",
        "retro",
        "itinerary",
        "potluck",
        "poll",
        "language",
        "medication",
        "countdown",
        "sign-up",
        "night",
    ]
)
THINGS: Final = frozenset(
    [
        "budget",
        "expense",
        "expenses",
        "invoice",
        "invoices",
        "spending",
        "habit",
        "habits",
        "menu",
        "newsletter",
        "inventory",
        "trivia",
        "reminders",
    ]
)
SLIPS: Final = {
    "quizz": "quiz",
    "quizes": "quizzes",
    "shoping": "shopping",
    "calender": "calendar",
    "kanbn": "kanban",
    "expences": "expenses",
    "portfollio": "portfolio",
    "dashbord": "dashboard",
}
NOT_PLACES: Final = frozenset(
    [
        "react",
        "vue",
        "svelte",
        "english",
        "portuguese",
        "typescript",
        "tailwind",
        "javascript",
        "dark",
        "light",
        "spanish",
        "french",
        "german",
        "next",
        "python",
        "flask",
        "django",
        "node",
    ]
)
