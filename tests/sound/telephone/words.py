"""What the callers of the tests say."""

WORDS = (
    "selamat pagi, ada banjir di jalan raya dekat pasar kota, mohon petugas datang",
    "lapor, lampu merah di perempatan mati sejak tadi malam dan antrean panjang sekali",
    "saya mau bertanya, perpanjangan surat izin mengemudi hari sabtu buka jam berapa",
)
