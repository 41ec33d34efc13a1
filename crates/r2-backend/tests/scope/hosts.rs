//! Which host has which scope, however it is spelled.

use r2_backend::scope::{DomainTable, Host, RefusalKind, UnknownHosts};

#[test]
fn the_example_table_is_exact() {
    let table = DomainTable::example();
    let rows = [
        ("apple.factory-wager.com", "enterprise/"),
        ("APPLE.Factory-Wager.COM", "enterprise/"),
        ("apple.factory-wager.com:443", "enterprise/"),
        ("apple.factory-wager.com.", "enterprise/"),
        ("apple.factory-wager.com.:8080", "enterprise/"),
        ("apple.factory-wager.com:", "enterprise/"),
        ("dev.apple.factory-wager.com", "development/"),
        ("localhost", "local-sandbox/"),
        ("LOCALHOST.:9000", "local-sandbox/"),
        // neither a beginning nor an end is enough
        ("factory-wager.com", "global/"),
        ("x.apple.factory-wager.com", "global/"),
        ("xapple.factory-wager.com", "global/"),
        ("apple.factory-wager.com.evil.example", "global/"),
        ("localhost.evil.example", "global/"),
        ("127.0.0.1", "global/"),
        ("[::1]:9000", "global/"),
        // punycode is another name: here "аpple" with a Cyrillic letter
        ("xn--pple-43d.factory-wager.com", "global/"),
    ];
    for (host, scope) in rows {
        assert_eq!(table.scope(host).unwrap().prefix(), scope, "{host}");
    }
}

#[test]
fn what_is_no_host_has_no_scope_even_where_unknown_ones_have() {
    let table = DomainTable::example();
    let bad = [
        "",
        ".",
        ":80",
        "..",
        "apple.factory-wager.com..",
        ".apple.factory-wager.com",
        "apple..factory-wager.com",
        "apple.factory-wager.com:x",
        "apple.factory-wager.com:99999",
        "apple.factory-wager.com:80:80",
        " apple.factory-wager.com",
        "apple.factory-wager.com ",
        "apple.factory-wager.com\t",
        "apple.factory-wager.com\0",
        "apple.factory-wager.com, evil.example",
        "apple.factory-wager.com/../x",
        "user@apple.factory-wager.com",
        "http://apple.factory-wager.com",
        "%61pple.factory-wager.com",
        "apple\u{3002}factory-wager\u{3002}com",
        "\u{430}pple.factory-wager.com",
        "app\u{200b}le.factory-wager.com",
        "ａpple.factory-wager.com",
        "apple.factory-wager.com\u{2024}",
        "-a.example",
        "[::1",
        "[::1]x",
        "[::1%25eth0]",
        "[localhost]",
        "::1",
        "0x7f.1",
        "2130706433",
        "1.2.3",
        "127.0.0.01",
        "256.1.1.1",
    ];
    for host in bad {
        assert_eq!(table.scope(host).unwrap_err().kind(), RefusalKind::Host, "{host:?}");
    }
    let long = format!("{}.example", "x".repeat(64));
    assert!(Host::parse(&long).is_err() && Host::parse(&"x.".repeat(200)).is_err());
}

#[test]
fn addresses_have_one_spelling() {
    for (given, kept) in [
        ("[0:0:0:0:0:0:0:1]", "::1"),
        ("[2001:DB8::0:1]:443", "2001:db8::1"),
        ("[::ffff:127.0.0.1]", "::ffff:127.0.0.1"),
        ("127.0.0.1:80", "127.0.0.1"),
    ] {
        assert_eq!(Host::parse(given).unwrap().as_str(), kept);
    }
    let rows = [("[0::1]", "six/"), ("127.0.0.1", "four/")];
    let table = DomainTable::new(rows, UnknownHosts::Refuse).unwrap();
    assert_eq!(table.scope("[::1]:9000").unwrap().prefix(), "six/");
    assert_eq!(table.scope("localhost").unwrap_err().kind(), RefusalKind::UnknownHost);
}

type Rows = &'static [(&'static str, &'static str)];

#[test]
fn a_table_that_cannot_work_names_its_row() {
    let refuse = || UnknownHosts::Refuse;
    let serve = || UnknownHosts::Serve("global".try_into().unwrap());
    let table: [(Rows, UnknownHosts, &str); 8] = [
        (&[("a.example", "a/"), ("A.example.", "b/")], refuse(), "in the table already"),
        (&[("a.example", "a/"), ("b.example", "a/b/")], refuse(), "keys in common"),
        (&[("a.example", "a/"), ("b.example", "A/")], refuse(), "keys in common"),
        (&[("a.example", "global/x/")], serve(), "keys in common"),
        (&[("a.example:80", "a/")], refuse(), "leave the port out"),
        (&[("münchen.example", "a/")], refuse(), "punycode"),
        (&[("a.example", "../")], refuse(), "with slashes between them"),
        (&[("*.example", "a/")], refuse(), "no host name"),
    ];
    for (rows, unknown, expected) in table {
        let refusal = DomainTable::new(rows.iter().copied(), unknown).unwrap_err();
        assert_eq!(refusal.kind(), RefusalKind::Configuration);
        let (text, host) = (refusal.to_string(), rows[rows.len() - 1].0);
        assert!(text.contains(expected) && text.contains(host), "{text}");
    }
    // two hosts may share a scope
    let rows = [("a.example", "a/"), ("b.example", "a")];
    assert!(DomainTable::new(rows, refuse()).is_ok());
}
