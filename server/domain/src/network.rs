//! Networks as people write them (CIDR), and which addresses must never be called from inside.

use std::net::IpAddr;

use ipnet::IpNet;

/// Reads a network; a bare address is a network of one. Host bits are cut off.
pub fn read(text: &str) -> Option<String> {
    let text = text.trim();
    let network = text
        .parse::<IpNet>()
        .ok()
        .or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))?;
    Some(network.trunc().to_string())
}

/// Whether an address is in one of the networks; no networks admit all, and then the address need not be known.
pub fn admits(networks: &[String], from: Option<IpAddr>) -> bool {
    if networks.is_empty() {
        return true;
    }
    let Some(from) = from.map(|from| from.to_canonical()) else {
        return false;
    };
    networks
        .iter()
        .filter_map(|network| network.parse::<IpNet>().ok())
        .any(|network| network.contains(&from))
}

/// Whether an address is of the wide internet: what a destination somebody typed may be. Everything that leads inside
/// (loopback, private, link-local, carrier-grade, unique-local, metadata services) and what is no single host is not.
/// <https://www.iana.org/assignments/iana-ipv4-special-registry>
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_broadcast()
                || v4.is_documentation()
                || v4.is_multicast()
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
                || (a == 198 && (18..20).contains(&b)))
        }
        IpAddr::V6(v6) => {
            let first = v6.segments()[0];
            !(v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_multicast()
                || (first & 0xfe00) == 0xfc00
                || (first & 0xffc0) == 0xfe80
                || first == 0x2001 && v6.segments()[1] == 0x0db8
                // What carries an address of the old protocol inside (NAT64, 6to4) could lead anywhere.
                || first == 0x0064
                || first == 0x2002)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_read_and_kept_to() {
        assert_eq!(read(" 192.0.2.7/24 ").as_deref(), Some("192.0.2.0/24"));
        assert_eq!(read("2001:db8::1").as_deref(), Some("2001:db8::1/128"));
        assert_eq!(read("office"), None);
        let networks = vec!["192.0.2.0/24".to_owned()];
        let from = |text: &str| text.parse().ok();
        assert!(admits(&networks, from("192.0.2.9")));
        assert!(admits(&networks, from("::ffff:192.0.2.9")));
        assert!(!admits(&networks, from("192.0.3.9")) && !admits(&networks, None));
        assert!(admits(&[], None));
    }

    #[test]
    fn what_leads_inside_is_not_public() {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00:ec2::254",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00::1",
        ] {
            assert!(!is_public(inside.parse().expect("an address")), "{inside}");
        }
        for outside in ["1.1.1.1", "8.8.8.8", "2606:4700::1111"] {
            assert!(is_public(outside.parse().expect("an address")), "{outside}");
        }
    }
}
