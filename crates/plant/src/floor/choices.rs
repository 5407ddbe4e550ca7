//! What is chosen of parts, by orders or by chance, and how choices go on with what parts become.

use kernel::persist::{Persist, Reader, Unreadable, Writer};
use kernel::{Stream, StreamKey, digest};

use crate::floor::Floor;
use crate::model::PresentInfo;
use crate::part::PartId;

/// Where the choices of orders are drawn from that do not make them themselves: an order's own stream, so that no other order,
/// and no part, has a say in it. They stay as they are in futures of a run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OrderChoices([u64; 4]);

impl OrderChoices {
    pub(crate) fn new(seed: u64, replication: u64) -> Self {
        OrderChoices(Stream::new(&StreamKey { seed, replication, name: "orders", purpose: "options" }).state())
    }

    /// The stream from which what is not said of the thing called `name` is drawn.
    fn of(&self, name: &str) -> Stream {
        Stream::from_state(self.0).apart(digest::hash_name(name))
    }
}

impl Persist for OrderChoices {
    fn write(&self, writer: &mut Writer) {
        self.0.iter().for_each(|word| word.write(writer));
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        let mut words = [0; 4];
        for word in &mut words {
            *word = u64::read(reader)?;
        }
        Ok(OrderChoices(words))
    }
}

impl Floor<'_> {
    /// What is chosen of each option for an order: what it says itself, and the rest by chance from the stream "options" of its
    /// name, the same for all parts of the order. 0 where its part type has no such option.
    pub(crate) fn choices_of_order(&self, order: u32) -> Vec<u16> {
        let model = self.model();
        let info = &model.orders[order as usize];
        let mut stream = self.shop.order_choices.of(&info.name);
        let laws = &model.part_type(info.part_type).options;
        // One draw an option, whether it is said or not: what one option says does not move the others.
        let chosen = laws.iter().enumerate().map(|(option, law)| {
            let draw = stream.uniform();
            let said = info.options.iter().find(|(said, _)| *said == option).map(|(_, choice)| *choice);
            law.as_ref().map_or(0, |law| said.unwrap_or_else(|| law.choice(draw)))
        });
        chosen.collect()
    }

    /// Makes the choices of a part that has come into being: those `given` (0 for none), and the rest by chance, one draw an option
    /// of its type. It begins its routing with them.
    pub(crate) fn choose_options(&mut self, part: PartId, given: &[u16], mut draw: impl FnMut() -> f64) {
        let model = self.shop.model.clone();
        let laws = &model.part_type(self.shop.parts[part].part_type).options;
        for (option, law) in laws.iter().enumerate() {
            let Some(law) = law else { continue };
            let by_chance = law.choice(draw());
            let given = given.get(option).copied().filter(|choice| *choice > 0);
            let place = model.attributes.len() + option;
            self.shop.parts.attributes_mut(part)[place] = f64::from(given.unwrap_or(by_chance));
        }
        self.begin_routing_anew(part);
    }

    /// Makes the choices of a part that is there when a run begins, from the stream "options" of its type. It stays where it stands in
    /// its routing.
    pub(crate) fn choose_options_of_present(&mut self, part: PartId, present: &PresentInfo) {
        let model = self.shop.model.clone();
        let part_type = model.part_type(present.part_type);
        if part_type.has_options() {
            let mut stream = self.shop.order_choices.of(&part_type.name).apart(part.serial());
            let mut given = vec![0; model.options.len()];
            for (option, choice) in &present.options {
                given[*option] = *choice;
            }
            self.choose_options(part, &given, || stream.uniform());
            self.shop.parts[part].position = present.position;
        }
    }

    /// What was chosen of a part, to be handed on to what it becomes; empty in a plant without options.
    pub(crate) fn choices_of(&self, part: PartId) -> Vec<u16> {
        let model = self.model();
        (0..model.options.len()).map(|option| model.choice(self.parts().attributes(part), option)).collect()
    }

    /// A part that has been made takes over what was `chosen` of what it was made of, as far as its type has these options.
    pub(crate) fn take_over_choices(&mut self, part: PartId, chosen: &[u16]) {
        let model = self.shop.model.clone();
        let laws = &model.part_type(self.shop.parts[part].part_type).options;
        if laws.iter().all(Option::is_none) {
            return;
        }
        for (option, choice) in chosen.iter().enumerate().filter(|(option, _)| laws[*option].is_some()) {
            self.shop.parts.attributes_mut(part)[model.attributes.len() + option] = f64::from(*choice);
        }
        self.begin_routing_anew(part);
    }

    /// What steps ask for is known now, so that the first of them may be passed over.
    fn begin_routing_anew(&mut self, part: PartId) {
        if let Some(position) = &mut self.shop.parts[part].position {
            position.step = 0;
            self.shop.begin_routing(part);
        }
    }
}
