//! What benchmarks hold a zone against: the same world, with less done about it.

use rapier3d::parry::query::DefaultQueryDispatcher;

use super::Zone;

impl Zone {
    /// What rapier does in a step and nothing else: nothing goes, comes, moves by a profile or is told.
    pub fn only_compute(&mut self) {
        self.compute();
    }

    /// Leaves all contacts to rapier's own search.
    pub fn search_for_contacts(&mut self) {
        self.world.narrow_phase.set_query_dispatcher(DefaultQueryDispatcher);
    }

    /// Leaves lost from now on what 32 bits lose of the ways of bodies: then rapier alone comes out the same to the bit.
    pub fn leave_astray(&mut self) {
        self.leaves_astray = true;
    }

    /// Whether rapier has every body of this zone where it has that of another, as fast and as turned, to the bit.
    pub fn comes_out_as(&self, other: &Zone) -> bool {
        self.bodies.len() == other.bodies.len()
            && self.bodies.iter().all(|(number, present)| {
                let theirs = other.bodies.get(number).and_then(|theirs| other.world.bodies.get(theirs.body));
                let (Some(mine), Some(theirs)) = (self.world.bodies.get(present.body), theirs) else { return false };
                (mine.position(), mine.linvel(), mine.angvel()) == (theirs.position(), theirs.linvel(), theirs.angvel())
            })
    }
}
