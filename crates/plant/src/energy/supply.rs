//! Where the energy of a plant comes from: electricity by a tariff and with an emission factor, and other carriers.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::carrier::{Carrier, CarrierPlan};
use super::emission::EmissionFactor;
use super::peak::{PeakPlan, PeakRule};
use super::site::{SiteBattery, SitePlan};
use super::solar::Solar;
use super::tariff::{Tariff, TariffPlan};
use super::times::EnergyTimes;
use crate::availability::instant::StartInstant;
use crate::codes;
use crate::description::{Complaint, Map, Origin, Price, describe};

describe! {
    /// Where energy comes from, and what it costs the climate and the company.
    #[derive(Default)]
    pub struct EnergySupply {
        /// Greenhouse gases per electricity, as in `380 g/kWh`.
        emission: Option<EmissionFactor> = None,
        /// What electricity costs.
        tariff: Option<Tariff> = None,
        /// Energy carriers besides electricity, by name: gas, heat, compressed air. What elements draw of them stands in their
        /// `energy`.
        carriers: Map<Carrier> = Map::default(),
        /// The sun on the roof.
        solar: Option<Solar> = None,
        /// A battery on site.
        battery: Option<SiteBattery> = None,
        /// What electricity earns that is fed into the grid, as in `0.08 EUR/kWh`; nothing unless given.
        feed_in: Option<Price> = None,
        /// A limit to the load, and what is done to keep it.
        peak: Option<PeakRule> = None,
    }
}

/// The supply of a plant resolved.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SupplyPlan {
    /// Grams of CO2 equivalent per kilowatt-hour of electricity, where that is the same always.
    pub emission_g_per_kwh: Option<f64>,
    /// What electricity costs, if the scenario says.
    pub tariff: Option<Arc<TariffPlan>>,
    /// Carriers besides electricity, in name order.
    pub carriers: Vec<CarrierPlan>,
    /// The currency of carriers, if one has a price.
    pub(crate) currency: Option<Arc<str>>,
    /// What stands between the plant and the grid, if anything does.
    pub(crate) site: Option<Arc<SitePlan>>,
    /// The limit to the load, if there is one.
    pub(crate) peak: Option<Arc<PeakPlan>>,
    /// By which times of the week electricity is counted, if that counts.
    pub(crate) times: Option<Arc<EnergyTimes>>,
}

impl EnergySupply {
    /// The carriers that are sound, in name order.
    pub(crate) fn carriers(&self) -> Vec<CarrierPlan> {
        let mut carriers: Vec<CarrierPlan> =
            self.carriers.iter().filter_map(|(name, carrier)| carrier.plan(name).ok()).collect();
        carriers.sort_by(|one, other| one.name.cmp(&other.name));
        carriers
    }

    /// The names of those that are not.
    pub(crate) fn lost_carriers(&self) -> Vec<Arc<str>> {
        let lost = self.carriers.iter().filter(|(name, carrier)| carrier.plan(name).is_err());
        lost.map(|(name, _)| name.text().into()).collect()
    }

    /// The sun and the battery, if there are any.
    fn plan_site(&self, start: StartInstant) -> Result<Option<SitePlan>, Vec<Complaint>> {
        let solar = self.solar.as_ref().map(|solar| solar.plan(start)).transpose();
        let battery = self.battery.as_ref().map(SiteBattery::plan).transpose();
        let feed_in = self.feed_in.as_ref().map(Price::millionths_per_kwh);
        let nothing_to_feed = self.feed_in.as_ref().filter(|_| self.solar.is_none()).map(|price| {
            Complaint::new(&codes::CONTRADICTION, price.origin(), "nothing is ever fed into the grid")
                .label("there is no sun on this site")
                .help("give it a `solar`, or leave `feed_in` out")
        });
        match (solar, battery, nothing_to_feed) {
            (Ok(None), Ok(None), None) => Ok(None),
            (Ok(solar), Ok(battery), None) => Ok(Some(SitePlan { solar, battery, feed_in })),
            (solar, battery, wrong) => Err(solar.err().into_iter().chain(battery.err()).chain(wrong).collect()),
        }
    }

    /// Warnings of carriers that nobody draws; those that somebody does are `drawn`, by number.
    pub(crate) fn warnings(&self, drawn: &BTreeSet<usize>) -> Vec<Complaint> {
        let carriers = self.carriers();
        let idle = carriers.iter().enumerate().filter(|(number, _)| !drawn.contains(number));
        let warning = |(_, carrier): (usize, &CarrierPlan)| {
            let found = self.carriers.iter().find(|(name, _)| name.text() == &*carrier.name);
            let origin = found.map_or(Origin::NOWHERE, |(name, _)| name.origin());
            Complaint::new(&codes::UNUSED_CARRIER, origin, format!("nobody draws \"{}\"", carrier.name))
                .label("no `energy` of an element names this carrier")
                .help("name it in the `carriers` of an element's `energy`, or take it out")
        };
        idle.map(warning).collect()
    }

    /// Resolves it for a run that begins at `start`.
    ///
    /// # Errors
    /// Complaints of prices in several currencies, of two values at one time, and of carriers that cannot be.
    pub(crate) fn plan(&self, start: StartInstant) -> Result<SupplyPlan, Vec<Complaint>> {
        let mut complaints = Vec::new();
        let mut sound = |complaint: Vec<Complaint>| complaints.extend(complaint);
        let tariff = match self.tariff.as_ref().map(|tariff| tariff.plan(start)).transpose() {
            Ok(tariff) => tariff.map(Arc::new),
            Err(wrong) => {
                sound(wrong);
                None
            }
        };
        let emissions = match self.emission.as_ref().map_or(Ok(None), |emission| emission.weekly(start)) {
            Ok(emissions) => emissions,
            Err(wrong) => {
                sound(wrong);
                None
            }
        };
        complaints.extend(self.carriers.iter().filter_map(|(name, carrier)| carrier.plan(name).err()));
        let site = self.plan_site(start).unwrap_or_else(|wrong| {
            complaints.extend(wrong);
            None
        });
        let carriers = || self.carriers.iter().filter_map(|(_, carrier)| carrier.currency());
        let feed_in = self.feed_in.as_ref().map(|price| (price.currency(), price.origin()));
        let currencies = || carriers().chain(feed_in);
        let currency = currencies().next().map(|(currency, _)| currency);
        let expected = tariff.as_ref().map(|tariff| &**tariff.currency()).or(currency);
        for (currency, origin) in currencies().filter(|(currency, _)| Some(*currency) != expected) {
            let expected = expected.unwrap_or_default();
            complaints.push(
                Complaint::new(
                    &codes::SEVERAL_CURRENCIES,
                    origin,
                    format!("this price is in {currency}, not in {expected}"),
                )
                .label(format!("expected a price in {expected}"))
                .help(format!("give all prices of energy in {expected}")),
            );
        }
        if !complaints.is_empty() {
            return Err(complaints);
        }
        Ok(SupplyPlan {
            emission_g_per_kwh: self.emission.as_ref().and_then(EmissionFactor::constant),
            times: EnergyTimes::of(tariff.as_deref(), emissions.as_ref()).map(Arc::new),
            currency: currency.map(Into::into),
            site: site.map(Arc::new),
            peak: None,
            tariff,
            carriers: self.carriers(),
        })
    }
}

impl SupplyPlan {
    /// The currency of its prices, if there are any.
    #[must_use]
    pub fn currency(&self) -> Option<&Arc<str>> {
        self.tariff.as_ref().map(|tariff| tariff.currency()).or(self.currency.as_ref())
    }
}
