//! Values and their bytes, both ways, and bytes that are nothing.

use super::*;

fn bytes_of<T: Persist>(value: &T) -> Vec<u8> {
    let mut writer = Writer::new();
    value.write(&mut writer);
    writer.finish()
}

fn back<T: Persist>(bytes: &[u8]) -> Result<T, Unreadable> {
    let mut reader = Reader::new(bytes, 0);
    let value = T::read(&mut reader)?;
    assert_eq!(reader.left(), 0);
    Ok(value)
}

#[test]
fn numbers_at_their_ends_come_back() {
    for number in [0u64, 1, 127, 128, 1 << 35, u64::MAX] {
        assert_eq!(back(&bytes_of(&number)), Ok(number));
    }
    for number in [0i64, -1, 1, 63, -64, 64, i64::MIN, i64::MAX] {
        assert_eq!(back(&bytes_of(&number)), Ok(number));
    }
    for number in [i128::MIN, -1, i128::MAX] {
        assert_eq!(back(&bytes_of(&number)), Ok(number));
    }
    assert_eq!(back(&bytes_of(&u128::MAX)), Ok(u128::MAX));
    assert_eq!(back::<f64>(&bytes_of(&f64::NAN)).expect("a number").to_bits(), f64::NAN.to_bits());
    assert_eq!(bytes_of(&-64i64), [127]);
    assert_eq!(bytes_of(&300u64), [0xac, 2]);
}

#[test]
fn a_value_is_written_in_one_way_only() {
    assert!(back::<u64>(&[0x80, 0]).is_err(), "zero in two bytes");
    assert!(back::<bool>(&[2]).is_err());
    assert!(back::<u16>(&bytes_of(&65_536u32)).is_err(), "one more than fits");
    assert!(back::<u8>(&[0x80, 2]).is_err());
    assert!(back::<NonZeroU64>(&[0]).is_err());
    assert!(back::<String>(&[1, 0xff]).is_err());
}

#[test]
fn lengths_ask_for_no_memory() {
    // A length of 2^63 with nothing behind it.
    let bytes = bytes_of(&(1u64 << 63));
    assert!(back::<Vec<u8>>(&bytes).is_err());
    assert!(back::<String>(&bytes).is_err());
    assert!(back::<BTreeMap<u8, u8>>(&bytes).is_err());
}

#[test]
fn collections_come_back() {
    type Many = (Vec<Option<u32>>, VecDeque<(u8, bool)>, BTreeMap<String, [i32; 2]>);
    let many: Many = (
        vec![None, Some(7)],
        VecDeque::from([(1, true), (2, false)]),
        BTreeMap::from([("drill".to_owned(), [-1, 1]), ("saw".to_owned(), [0, 2])]),
    );
    assert_eq!(back(&bytes_of(&many)), Ok(many));
}

#[test]
fn no_bytes_make_it_panic() {
    type Deep = Vec<(Option<String>, Vec<[u64; 3]>, BTreeMap<u8, Box<i64>>)>;
    let mut stream = crate::Stream::from_state([1, 2, 3, 4]);
    let (mut values, mut errors) = (0, 0);
    for _ in 0..20_000 {
        let bytes: Vec<u8> = (0..stream.below(40)).map(|_| (stream.next_u64() & 3) as u8).collect();
        match Deep::read(&mut Reader::new(&bytes, 0)) {
            Ok(value) => {
                values += 1;
                let again = bytes_of(&value);
                assert_eq!(again, bytes[..again.len()], "what can be read is written as it was");
            }
            Err(_) => errors += 1,
        }
    }
    assert!(values > 100 && errors > 100, "{values} values, {errors} errors");
}
