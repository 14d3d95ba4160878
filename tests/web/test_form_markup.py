"""What is put into the markup of a page: values of every kind of field, the reason, and nothing that runs."""

from radiodesk.web.form_markup import Sent, filled, holds_form

PAGE = """<!doctype html><html><body><main id="main">
<form method="get" action="/cari"><input name="cari" autofocus></form>
<details class="act"><summary>Ubah</summary>
<form method="post" action="/ubah"><input type="hidden" name="csrf_token" value="baru"><input type="hidden"
  name="version" value="7"><input type="hidden" name="tempat_id" value="">
  <label>Judul <small>singkat</small> <input name="judul" aria-describedby="bantuan" value="Lama"></label>
  <label>Isi <textarea name="isi" rows="2">Isi lama</textarea></label>
  <label>Jenis <select name="jenis"><option value="a" selected>A</option><option>B &amp; C</option></select></label>
  <label><input type="checkbox" name="boleh" value="yes" checked> Boleh</label>
  <label><input type="radio" name="arah" value="u" checked> U</label><label><input type="radio" name="arah" value="s"> S
  </label><input type="password" name="password" value="x"><input type="file" name="berkas">
  <button name="then" value="save">Simpan</button></form></details>
<form method="post" action="/hapus"><input type="hidden" name="id" value="1"><button>1</button></form>
<form method="post" action="/hapus"><input type="hidden" name="id" value="2"><button>2</button></form>
</main></body></html>"""
VALUES = {
    "csrf_token": ["lama"],
    "version": ["3"],
    "tempat_id": ["35.22"],
    "judul": ['<script>alert("x")</script>'],
    "isi": ["\nbaris satu\n</textarea><b>dua</b>"],
    "jenis": ["B & C"],
    "arah": ["s"],
    "password": ["rahasia-sekali"],
    "tambahan": ["kata tanpa isian"],
}


def sent(address: str = "/ubah", at: str | None = "judul", **values: list[str]) -> Sent:
    return Sent(
        address, values or VALUES, "Judul <terlalu> panjang.", at, frozenset({"berkas"}), "Pilih lagi.", "Tadi:"
    )


def test_each_kind_of_field_holds_what_was_sent() -> None:
    page = filled(PAGE, sent(), "/ubah/halaman")
    assert 'value="&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;"' in page
    assert '<textarea name="isi" rows="2">\n\nbaris satu\n&lt;/textarea&gt;&lt;b&gt;dua&lt;/b&gt;</textarea>' in page
    assert '<option value="a">A</option><option selected>B &amp; C</option>' in page
    assert '<input type="checkbox" name="boleh" value="yes">' in page
    assert '<input type="radio" name="arah" value="s" checked>' in page
    assert '<input type="radio" name="arah" value="u">' in page
    assert 'name="tempat_id" value="35.22"' in page


def test_what_the_page_knows_better_stays_and_secrets_go() -> None:
    page = filled(PAGE, sent(), "/ubah/halaman")
    assert 'name="csrf_token" value="baru"' in page
    assert 'name="version" value="7"' in page
    assert "rahasia-sekali" not in page
    assert '<input type="password" name="password">' in page


def test_the_reason_stands_behind_the_label_and_the_form_is_open() -> None:
    page = filled(PAGE, sent(), "/ubah/halaman")
    reason = '<span class="refusal" id="refusal" role="alert">Judul &lt;terlalu&gt; panjang.</span>'
    assert f"</label>{reason}" in page
    assert 'aria-describedby="bantuan refusal"' in page
    assert page.count("autofocus") == 1
    assert '<details class="act" open>' in page
    assert '<input type="file" name="berkas"><span class="refusal">Pilih lagi.</span>' in page
    assert '<pre class="typed">kata tanpa isian</pre>' in page


def test_without_a_field_it_stands_at_the_head_of_the_form_that_was_sent() -> None:
    page = filled(PAGE, sent("/hapus", None, id=["2"]), "/ubah/halaman")
    head = page.index('<div class="refusal-box"')
    assert page.index('value="1"') < head < page.index('value="2"')
    assert page.count('name="_page" value="/ubah/halaman"') == 3


def test_a_page_without_the_form_gives_the_words_at_its_head() -> None:
    assert not holds_form(PAGE, sent("/lain"))
    page = filled(PAGE, sent("/lain", None, isi=["kata-kata"]), "/ubah/halaman")
    assert page.index('<main id="main">') < page.index('<pre class="typed">kata-kata</pre>') < page.index("<form")


def test_of_a_body_that_was_not_read_the_page_keeps_its_own_values() -> None:
    page = filled(PAGE, Sent("/ubah", None, "Terlalu besar.", None), "/ubah/halaman")
    assert 'value="Lama"' in page
    assert "Isi lama" in page
    assert "Terlalu besar." in page
