"""Keys of less common providers: a start of their own, and enough characters behind it. `leaks.providers` finds them in files."""

from __future__ import annotations

from typing import Final

MORE: Final = tuple(
    (start, {"h": "[0-9a-f]", "a": "[A-Za-z0-9]", "w": r"[\w-]"}[of], int(least))
    for start, of, least in (
        entry.split()
        for entry in (
            "LTAI a 16; AKID a 32; AKCp a 60; CLOJARS_ a 50; duffel_live_ w 40; EZAK a 50; EZTK a 50; FLWSECK- a 20; FLWSECK_TEST- w 12; fio-u- w 50; fo1_ w 40; glimt- w 20; glagent- w 40; gloas- w 50; glffct- w 20; "
            "GR1348941 w 20; api_org_ a 30; ico- a 32; pnu_ a 36; rdme_ a 60; tk-us- w 40; shippo_live_ h 40; sgp_ w 40; tfp_ w 40; AQVN w 34; nvapi- w 50; fw_ a 20; csk- a 40; jina_ w 40; CCIPAT_ w 40; CCIPRJ_ w 40; "
            "bkua_ h 40; phx_ a 40; CFPAT- w 40; pdl_live_apikey_ w 40; polar_oat_ w 30; polar_pat_ w 30; ATTA h 60; ATCTT3 w 50; tskey-auth- w 24; tskey-api- w 24; tskey-client- w 24; ddp_ a 36; ddo_ a 36; hbp_ a 30; "
            "hcaik_ a 30; xaat- w 36; tgp_v1_ w 40; esecret_ a 20; e2b_ h 40; fc- h 32; apify_api_ a 30; alcht_ w 24; APP_USR- w 40; oy2 a 43; cio a 32; sqp_ h 40; squ_ h 40; sqa_ h 40; NRII- w 32; NRIQ- w 32; NRRA- h 40; "
            "mdb_sa_sk_ w 30; xau_ a 30; standard_ h 100; ck_ h 40; cs_ h 40; signkey-prod- h 40; tr_prod_ a 20; tr_dev_ a 20; sk_prod_ a 20; rk_prod_ a 20; sm_aat_ a 16; sm_pat_ a 16; sm_sat_ a 16; EAAC a 60; EAAM a 60; "
            "EAAG a 60; EAAB a 60; EAAJ a 60; EAAD a 60; dnkey- w 60; ops_eyJ w 200; ory_pat_ w 30; ory_at_ w 30; PMAT- w 24; p8e- a 32; IGQV w 100"
        ).split(";")
    )
)
