"""Ten made-up scripts for ``bench_prompter``: opening, bulletins, appeals, a situation report, an answer, a goodbye."""

SCRIPTS = (
    """Selamat pagi, pendengar. Salam presisi dari studio kami.
Hari ini kami menemani Anda selama satu jam, sampai pukul 09.00 WIB.
Kami membahas keselamatan berkendara bersama petugas lalu lintas.
Anda dapat menyampaikan pengaduan, pertanyaan, atau informasi jalan melalui telepon dan pesan.
Jangan menelepon sambil mengemudi. Menepilah dahulu di tempat yang aman.""",
    """Buletin lalu lintas pukul 07.30 WIB.
Di Jalan Gajah Mada arus padat merayap dari arah timur sepanjang 1,5 km.
Di simpang empat Jetak terjadi kecelakaan antara truk dan sepeda motor. Petugas sudah berada di lokasi.
Jalan Veteran lancar dari kedua arah.
Pengemudi dari arah Cepu sebaiknya melewati jalan lingkar selatan.
Kami kembali dengan kabar jalan setengah jam lagi.""",
    """Pendengar, gunakan helm berstandar nasional setiap kali berkendara.
Helm melindungi kepala Anda dan kepala orang yang Anda bonceng.
Pastikan tali pengikat terpasang dan terdengar bunyi klik.
Anak kecil juga wajib memakai helm sesuai ukuran kepalanya.
Pelanggaran dapat didenda paling banyak Rp250.000.
Sayangi keluarga yang menunggu di rumah.""",
    """Laporan situasi hari Senin, 16 November 2026.
Terjadi 3 kecelakaan lalu lintas. Seorang korban luka berat dan 4 orang luka ringan.
Kerugian material sekitar Rp7.500.000.
Petugas menindak 48 pelanggar, terbanyak karena tidak memakai helm.
Penyuluhan diadakan di dua sekolah dan satu terminal.
Untuk besok direncanakan patroli di jalur rawan kecelakaan dan pengaturan pagi di depan sekolah.""",
    """Perhatian bagi warga di sepanjang bantaran sungai.
Tinggi muka air terus naik sejak tadi malam akibat hujan deras di daerah hulu.
Jalan desa di sebelah utara tanggul tergenang sampai 40 sentimeter dan ditutup untuk kendaraan kecil.
Siapkan dokumen penting, obat, dan pakaian dalam satu tas.
Ikuti arahan petugas dan jangan menerobos genangan.
Nomor darurat 112 dapat dihubungi setiap saat tanpa biaya.""",
    """Kami menjawab pengaduan seorang pendengar tentang lampu jalan yang padam di perempatan pasar.
Dinas Perhubungan sudah memeriksa jaringan pada hari Rabu.
Kabel utama ternyata putus karena pekerjaan galian.
Perbaikan selesai kemarin sore dan lampu kembali menyala.
Terima kasih atas laporan Anda. Pengaduan lain tetap kami tunggu.""",
    """Mulai besok pagi diberlakukan uji coba jalur satu arah di depan stasiun.
Kendaraan dari arah barat masuk melalui gerbang utama dan keluar melalui jalan belakang.
Angkutan umum menurunkan penumpang di halaman selatan.
Parkir di badan jalan dilarang dari pukul 06.00 sampai pukul 18.00.
Petugas akan membantu pengemudi selama dua minggu.
Mohon berangkat lebih awal dan ikuti rambu yang terpasang.""",
    """Musim panen tembakau telah tiba, dan banyak truk mengangkut hasil kebun pada malam hari.
Muatan tidak boleh melebihi batas tinggi dan harus ditutup terpal.
Periksa rem, lampu belakang, dan tekanan ban sebelum berangkat.
Beristirahatlah setiap 4 jam, jangan memaksakan diri ketika mengantuk.
Pengendara sepeda motor, jagalah jarak aman di belakang truk.
Lebih baik terlambat sampai daripada celaka di jalan.""",
    """Samsat keliling hadir di lima kecamatan pekan ini.
Hari Selasa melayani di halaman balai desa, hari Kamis di pasar hewan, dan hari Sabtu di alun-alun.
Bawalah KTP asli, STNK, dan bukti pembayaran tahun lalu.
Pelayanan dibuka pukul 08.30 dan ditutup pukul 12.00.
Perpanjangan SIM juga dilayani, dengan pemeriksaan kesehatan di tempat.
Hindari calo, karena biaya resmi tertera di loket.""",
    """Demikian acara kita pagi ini, pendengar.
Terima kasih kepada para narasumber dan semua penelepon yang sudah berbagi cerita.
Pertanyaan yang belum terjawab akan kami teruskan kepada satuan yang berwenang.
Jawabannya dibacakan pada siaran hari Jumat, pukul 08.00 WIB.
Tetap tertib di jalan, hormati pejalan kaki, dan utamakan keselamatan.
Sampai jumpa pada siaran berikutnya.""",
)

SLIPS = (
    "kemarin", "malam", "besar", "perlahan", "kendaraan", "masyarakat", "sekarang", "sementara", "bersama", "jembatan",
    "penting", "segera", "lainnya", "terminal", "pelajar", "halaman", "musim", "bantuan", "harapan", "catatan",
)  # fmt: skip
"""Words that a reader may put in the place of others."""

AD_LIBS = (
    "ya begitu pendengar yang kami hormati",
    "sebentar saya minum dulu",
    "mohon maaf saya ulangi",
    "tadi ada yang bertanya lewat pesan",
    "cuaca di luar studio cerah sekali",
    "nah ini perlu kita perhatikan bersama",
)

KOREAN = """안녕하세요 청취자 여러분
오늘 아침 도로 상황을 전해 드립니다
시내 중심가는 차량이 많아서 천천히 움직이고 있습니다
다리 위에서 사고가 나서 경찰이 교통을 정리하고 있습니다
안전 운전 하시고 좋은 하루 보내세요
감사합니다"""
"""For the model of Vosk that can be had: a greeting, the state of the roads, a goodbye."""
