//! What `signals.ron` may say of an OPC UA server.

use plant::description::describe;

describe! {
    /// What happens to what is said on the way.
    pub enum SecurityDescription {
        /// Nothing: anybody may read and change it.
        None,
        /// It is signed: anybody may read it, nobody changes it unseen.
        Sign,
        /// It is signed and encrypted.
        SignAndEncrypt,
    }
}

describe! {
    /// The methods that sign and encrypt (OPC 10000-7, "security policies"). Those that are broken are left out.
    pub enum PolicyDescription {
        /// Basic256Sha256: what nearly every server has.
        Basic256Sha256,
        /// Aes128_Sha256_RsaOaep.
        Aes128Sha256RsaOaep,
        /// Aes256_Sha256_RsaPss.
        Aes256Sha256RsaPss,
    }
}
