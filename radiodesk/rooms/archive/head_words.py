"""Four words that stand for the head of the log, so that it can be read out on air and compared by ear.

Each word stands for a byte of the root: four words tell one head from 4,294,967,296 others. Whoever wants to be sure
compares the whole head.
"""

_WORDS = """
akar alun andong anggrek angin angsa apel arloji asam atap awan badak bakso balon bambu bantal banteng batik batu bawang
bayam bebek belimbing beludru benang bendera bengkel beras beringin berlian bintang biola bioskop botol buah bubur bukit
buku bulan bunga burung cabai cahaya cangkir capung cemara cempaka cendana cengkih cerita cincin cokelat cumi daging
dahan danau dapur daun delima dermaga dokar domba donat dongeng durian elang ember embun empal empang enau engsel fajar
foto gabus gajah gambang gandum garam gardu gasing gatot gedung gelas gema gendang genteng gerbang gerimis getuk gitar
gula guling gunung harimau hujan ikan istana itik jagung jahe jala jangkar jarum jati jembatan jendela jerapah jeruk
jintan kabut kaca kacang kadal kain kaktus kalung kambing kamera kancil kapal kapuk kasur katak kayu kebun kecapi
kelambu kelapa kelinci kemiri kenanga kenari kencur kendi kepiting kerang keris kertas ketupat kijang kincir kipas kolam
komet kopi koran kota kuda kulit kumbang kunci kunyit kupu kursi ladang lampu langit laut lebah lemari lemper lengkuas
lentera lilin lintah lobak lontar lukisan lumbung lumut madu mahkota mangga manggis mata mawar meja melati melon menara
menjangan mentega merak mercusuar merica museum mutiara naga nanas nangka nasi nelayan nyiur obor ombak onta orkestra
padi pagar panah pandan pantai pantun papan paprika pasar payung pelangi peluit pempek pena penyu perahu permata pesawat
peta pilar pintu pinus piring pisang pohon pondok pualam puding pulau purnama rakit rambutan ranting rapor rawon rebana
rempah ronda rotan roti rujak rumah rumput rusa sabuk sagu salak salju sapi saron sarung sate sawah sawo sayap sayur
selendang serunai
"""
WORDS = tuple(_WORDS.split())
COUNT = 4


def head_words(root: bytes) -> tuple[str, ...]:
    """The words of a root: one for each of its first four bytes."""
    return tuple(WORDS[byte] for byte in root[:COUNT])
