//! Lists that mostly hold one thing: it lies where the list does, so looking at it costs no look elsewhere.

use std::ops::Deref;

/// A list that does not change and mostly holds one thing.
#[derive(Debug, Clone, PartialEq)]
pub enum OneOrMore<T> {
    /// Just this.
    One(T),
    /// None, or several.
    Other(Box<[T]>),
}

impl<T> From<Vec<T>> for OneOrMore<T> {
    fn from(mut list: Vec<T>) -> Self {
        match list.pop() {
            Some(only) if list.is_empty() => OneOrMore::One(only),
            last => {
                list.extend(last);
                OneOrMore::Other(list.into())
            }
        }
    }
}

impl<T> Deref for OneOrMore<T> {
    type Target = [T];

    #[inline(always)]
    fn deref(&self) -> &[T] {
        match self {
            OneOrMore::One(only) => std::slice::from_ref(only),
            OneOrMore::Other(list) => list,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::OneOrMore;

    #[test]
    fn a_list_is_what_it_was_made_of() {
        for list in [vec![], vec![1], vec![1, 2], vec![3, 2, 1]] {
            let held = OneOrMore::from(list.clone());
            assert_eq!(*held, *list);
            assert_eq!(matches!(held, OneOrMore::One(_)), list.len() == 1);
        }
    }
}
