//! In place of `sight` where the program is built without physics: planning refuses every robot, so none ever moves.

/// How a robot moves: there is none.
#[derive(Debug, Clone, PartialEq)]
pub enum ArmMotion {}
