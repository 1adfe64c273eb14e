//! Formats that are not read, known by their first bytes: what each is, and what turns it into what is read.

use super::container::is_tar;

/// A format: the mark at its start, and the message.
type Format = (&'static [u8], &'static str);

const FORMATS: [Format; 33] = [
    (b"7z\xbc\xaf\x27\x1c", "is an archive that is packed: unpack it and give the folder"),
    (b"PK\x03\x04", "is an archive that is packed: unpack it and give the folder"),
    (b"\xfd7zXZ\x00", PACKED),
    (b"BZh91AY&SY", PACKED),
    (b"\x28\xb5\x2f\xfd", PACKED),
    (b"\x1f\x8b", PACKED),
    (b"Rar!\x1a\x07", "is a rar archive: unpack it (unrar x FILE, or 7z x FILE) and give the folder"),
    (b"MSCF", "is a cabinet: unpack it (cabextract FILE, or expand FILE -F:* FOLDER) and give the folder"),
    (b"\x04\x22\x4d\x18", "is packed with lz4: unpack it (lz4 -d FILE) and give the file"),
    (b"LZIP", "is packed with lzip: unpack it (lzip -d FILE) and give the file"),
    (b"\x1f\x9d", "is packed with compress: unpack it (uncompress FILE) and give the file"),
    (b"\xff\x06\x00\x00sNaPpY", "is packed with snappy: unpack it (snzip -d FILE) and give the file"),
    (b"Salted__", "is encrypted with OpenSSL: decrypt it and give the file"),
    (b"-----BEGIN PGP", "is encrypted or signed with PGP: decrypt it (gpg -d FILE) and give the file"),
    (b"age-encryption.org/", "is encrypted with age: decrypt it (age -d FILE) and give the file"),
    (
        b"Obj\x01",
        "is an Avro file, as event hubs capture to: turn it into JSON lines (avro-tools tojson FILE) and give the file",
    ),
    (
        b"PAR1",
        "is a Parquet file: turn it into JSON lines (duckdb -c \"copy (from 'FILE') to 'rows.json'\") and give the file",
    ),
    (b"ARROW1", "is an Arrow file: write its rows as JSON lines or CSV and give the file"),
    (b"ORC", "is an ORC file: turn it into JSON lines (orc-contents FILE) and give the file"),
    (
        b"SQLite format 3\0",
        "is an SQLite database: export the table (sqlite3 -json FILE \"select * from TABLE\") and give the file",
    ),
    (
        b"ElfFile\0",
        "is a Windows event log: it holds no sign-ins of Entra ID; export SigninLogs and \
         AADNonInteractiveUserSignInLogs",
    ),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "is a workbook or document of an old Office (.xls, .doc, .msg): open it, save the sheet as CSV UTF-8 \
         (File > Save As) and give the file",
    ),
    (b"%PDF", "is a PDF: export the rows as JSON or CSV"),
    (b"{\\rtf", "is a text document (RTF): export the rows as JSON or CSV"),
    (b"\x89PNG", "is a picture: export the rows as JSON or CSV"),
    (b"\xff\xd8\xff", "is a picture: export the rows as JSON or CSV"),
    (b"\xd4\xc3\xb2\xa1", CAPTURE),
    (b"\xa1\xb2\xc3\xd4", CAPTURE),
    (b"\x0a\x0d\x0d\x0a", CAPTURE),
    (b"MZ", "is a program: it holds no rows"),
    (b"\x7fELF", "is a program: it holds no rows"),
    (b"MDMP", "is a memory dump: it holds no rows"),
    (b"regf", "is a hive of the Windows registry: it holds no sign-ins of Entra ID"),
];

const PACKED: &str = "is packed more than twice: unpack it and give the file";
const CAPTURE: &str = "is a capture of network traffic: it holds no rows; export the logs as JSON or CSV";

/// Reason that content with these first bytes is not read, with the way out.
pub(crate) fn foreign(head: &[u8]) -> Option<&'static str> {
    // A few letters alone may begin a header, too.
    let is_binary = head.iter().take(512).any(|byte| *byte < b'\t');
    let begins = |(mark, _): &&Format| {
        head.starts_with(mark)
            && (is_binary
                || mark.len() > 4
                || mark == b"%PDF"
                || !mark.is_ascii()
                || mark.iter().any(|byte| *byte < b' '))
    };
    if is_tar(head) {
        return Some("is a tar archive that is packed: unpack it and give the folder");
    }
    FORMATS.iter().find(begins).map(|(_, reason)| *reason)
}
