//! `linewright emulate`: plays a scenario at the pace of the clock, as if it were the plant, and tells what happens to a broker, to
//! whoever asks an OPC UA server of its own, or to a file. Who sits at it can break machines and repair them.

#[cfg(feature = "mqtt")]
mod broker;

use std::fs::File;
use std::io::{self, BufRead, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use kernel::{SimDuration, SimTime};
use live::emulate::{Emulation, Message, Order, Origin, signals_for};
use live::wall_time::WallTime;
use plant::registry::Registry;
use plant::run::RunError;

use crate::arguments::Emulate;
use crate::exit::{Exit, Failure};
use crate::inputs::Inputs;
use crate::interrupt;
use crate::opened::Opened;
use crate::output::{self, figure};

/// How long nothing is done between two steps.
const STEP: Duration = Duration::from_millis(10);
/// How long is waited for a port that somebody else still has.
#[cfg(feature = "opcua")]
const PORT_PATIENCE: Duration = Duration::from_secs(5);
/// How often what was told is written to the file at the latest.
const FLUSH: Duration = Duration::from_millis(500);

/// How an emulation came to its end.
enum End {
    Horizon,
    Interrupted,
    Error(RunError),
}

/// Plays the scenario for whoever follows it.
///
/// # Errors
/// A wrong scenario, arguments that make no sense, files that cannot be written, a broker that lets nobody in.
pub fn emulate(arguments: &Emulate, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    let speed = arguments.speed;
    let mut opened = Opened::new(&arguments.selection, registry)?;
    output::warn(&opened.scenario);
    opened.settle()?;
    let certificates = [&arguments.tls_ca, &arguments.tls_certificate, &arguments.tls_key];
    let inputs = Inputs::of(&opened.scenario).and(certificates.into_iter().flatten());
    inputs.spare("--signals", arguments.signals.as_deref())?;
    inputs.spare("--to-file", arguments.to_file.as_deref())?;
    let emulation = Emulation::new(opened.run()?, WallTime::now(), &arguments.topic);
    let emulation = emulation.map_err(|why| Failure::usage(why, "give another --topic, or rename the element"))?;
    write_signals(arguments, &emulation)?;
    if arguments.dry_run {
        return Ok(Exit::Done);
    }
    let is_told = [&arguments.mqtt, &arguments.sparkplug, &arguments.opcua].into_iter().any(Option::is_some);
    if !is_told && arguments.to_file.is_none() {
        let help =
            "give --mqtt HOST:PORT, --sparkplug HOST:PORT, --opcua HOST:PORT, --to-file FILE, or several of them";
        return Err(Failure::usage("there is nobody to tell", help));
    }
    let mut listeners = Listeners::open(arguments, &emulation)?;
    #[cfg(feature = "mqtt")]
    listeners.brokers.extend(broker::Broker::call_all(arguments, &emulation)?);
    interrupt::listen();
    let whom = listeners.names.join(" and ");
    let text = format!("playing {} {speed} times as fast as the clock for {whom}", opened.name());
    output::complain(&format!(
        "{text}\n{}\n",
        output::styled(output::QUIET, "say: fail ELEMENT, repair ELEMENT, quit")
    ));
    let mut emulation = emulation;
    let end = play(&mut emulation, speed, &mut listeners, &orders())?;
    let told = listeners.close()?;
    let time = figure::duration(emulation.now() - SimTime::ZERO);
    output::print(&format!("emulated {time} of {}: {told}\n", opened.name()))?;
    Ok(match end {
        End::Horizon => Exit::Done,
        End::Interrupted => Exit::Interrupted,
        End::Error(error) => Failure::ended(&error).report(),
    })
}

/// Goes on with the clock, until the end or until somebody ends it.
fn play(
    emulation: &mut Emulation,
    speed: f64,
    listeners: &mut Listeners,
    orders: &Receiver<String>,
) -> Result<End, Failure> {
    let began = Instant::now();
    loop {
        for line in orders.try_iter() {
            let obeyed = Order::read(&line).and_then(|order| order.map_or(Ok(()), |order| emulation.obey(&order)));
            if let Err(why) = obeyed {
                output::complain(&output::warning_line(&why));
            }
        }
        let now = SimTime::ZERO + SimDuration::from_nanos((began.elapsed().as_nanos() as f64 * speed) as i64);
        let mut failed = Ok(());
        let going = emulation.play_to(now, &mut |message| {
            if failed.is_ok() {
                failed = listeners.tell(message);
            }
        });
        failed?;
        match going {
            Ok(true) if interrupt::is_asked() => return Ok(End::Interrupted),
            Ok(true) => {}
            Ok(false) => return Ok(End::Horizon),
            Err(error) => return Ok(End::Error(error)),
        }
        listeners.look()?;
        std::thread::sleep(STEP);
    }
}

/// Lines from stdin, read by a thread that ends with the program.
fn orders() -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

/// Writes what a twin needs to follow, if it is asked for.
fn write_signals(arguments: &Emulate, emulation: &Emulation) -> Result<(), Failure> {
    let Some(path) = &arguments.signals else { return Ok(()) };
    let connections = [&arguments.mqtt, &arguments.sparkplug, &arguments.opcua];
    if connections.into_iter().filter(|one| one.is_some()).count() > 1 {
        let help = "write them once for each, with --dry-run";
        return Err(Failure::usage("--signals would have to tell of several connections", help));
    }
    if let Some(address) = &arguments.opcua {
        return write(path, &signals_for(emulation, &Origin::Server(address.clone()), arguments.speed));
    }
    let origin = match (&arguments.mqtt, &arguments.sparkplug, &arguments.to_file) {
        (Some(address), ..) => Origin::Broker { address: address.clone(), prefix: arguments.topic.clone() },
        (None, Some(address), _) => {
            Origin::EdgeNode { address: address.clone(), group: arguments.group.clone(), node: arguments.node.clone() }
        }
        (None, None, Some(file)) => {
            let folder = |path: &Path| path.parent().map(Path::to_path_buf).unwrap_or_default();
            let name = file.file_name().and_then(|name| name.to_str()).filter(|_| folder(file) == folder(path));
            match name {
                Some(name) => Origin::File(name.to_owned()),
                None => {
                    let help = "signals name files beside them: write both to one folder";
                    return Err(Failure::usage("--to-file and --signals are in different folders", help));
                }
            }
        }
        (None, None, None) => {
            let help = "give --mqtt HOST:PORT, --sparkplug HOST:PORT, --opcua HOST:PORT or --to-file FILE";
            return Err(Failure::usage("--signals has nothing to tell of", help));
        }
    };
    write(path, &signals_for(emulation, &origin, arguments.speed))
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text)
        .map_err(|error| Failure::input_output(&format!("cannot write {}", path.display()), &error))
}

/// Listens as `listen` does, once the port is free: an emulation that has just ended stays for a moment, so that all is read.
#[cfg(feature = "opcua")]
fn listening<T>(mut listen: impl FnMut() -> Result<T, live::feed::FeedError>) -> Result<T, live::feed::FeedError> {
    let end = Instant::now() + PORT_PATIENCE;
    let mut is_told = false;
    loop {
        match listen() {
            Err(error) if error.retryable && Instant::now() < end => {
                if !std::mem::replace(&mut is_told, true) {
                    let text = format!("{error}: waiting for whoever is there to leave");
                    output::complain(&format!("{}\n", output::styled(output::QUIET, text)));
                }
                std::thread::sleep(STEP);
            }
            result => return result,
        }
    }
}

/// Whoever is told what happens.
struct Listeners {
    /// Their names, for people.
    names: Vec<String>,
    told: u64,
    file: Option<(String, BufWriter<File>, Instant)>,
    #[cfg(feature = "mqtt")]
    brokers: Vec<broker::Broker>,
    #[cfg(feature = "opcua")]
    server: Option<live::emulate::VariableServer>,
    /// Messages for which the server has no variable.
    #[cfg(feature = "opcua")]
    untold: u64,
}

impl Listeners {
    #[cfg_attr(not(feature = "opcua"), expect(unused_variables))]
    fn open(arguments: &Emulate, emulation: &Emulation) -> Result<Self, Failure> {
        let file = match &arguments.to_file {
            Some(path) => {
                let name = path.display().to_string();
                let file = File::create(path)
                    .map_err(|error| Failure::input_output(&format!("cannot write {name}"), &error))?;
                Some((name, BufWriter::new(file), Instant::now()))
            }
            None => None,
        };
        let addresses = [&arguments.mqtt, &arguments.sparkplug, &arguments.opcua].into_iter().flatten().cloned();
        let names = addresses.chain(file.iter().map(|(name, ..)| name.clone())).collect();
        #[cfg(not(feature = "mqtt"))]
        if arguments.mqtt.is_some() || arguments.sparkplug.is_some() {
            let help = "`cargo install --path . --features mqtt` makes one that does";
            return Err(Failure::usage("this program was built without MQTT", help));
        }
        #[cfg(not(feature = "opcua"))]
        if arguments.opcua.is_some() {
            let help = "`cargo install --path . --features opcua` makes one that does";
            return Err(Failure::usage("this program was built without OPC UA", help));
        }
        #[cfg(feature = "opcua")]
        let server = match &arguments.opcua {
            Some(address) => {
                let server = listening(|| live::emulate::VariableServer::listen(address, emulation));
                let help = "give --opcua HOST:PORT where nobody listens";
                Some(server.map_err(|error| Failure::usage(error.to_string(), help))?)
            }
            None => None,
        };
        Ok(Listeners {
            names,
            told: 0,
            file,
            #[cfg(feature = "mqtt")]
            brokers: Vec::new(),
            #[cfg(feature = "opcua")]
            server,
            #[cfg(feature = "opcua")]
            untold: 0,
        })
    }

    fn tell(&mut self, message: Message) -> Result<(), Failure> {
        self.told += 1;
        if let Some((name, file, _)) = &mut self.file {
            writeln!(file, "{}", message.json).map_err(|error| cannot_write(name, &error))?;
        }
        #[cfg(feature = "opcua")]
        if let Some(server) = &self.server {
            self.untold += u64::from(!server.tell(&message));
        }
        #[cfg(feature = "mqtt")]
        for broker in &self.brokers {
            broker.tell(&message);
        }
        Ok(())
    }

    /// Says what has changed, and lets nobody wait for what was told.
    fn look(&mut self) -> Result<(), Failure> {
        if let Some((name, file, flushed)) = &mut self.file
            && flushed.elapsed() >= FLUSH
        {
            file.flush().map_err(|error| cannot_write(name, &error))?;
            *flushed = Instant::now();
        }
        #[cfg(feature = "mqtt")]
        for broker in &mut self.brokers {
            broker.look();
        }
        Ok(())
    }

    /// Lets everybody have everything, and says how much that was.
    fn close(mut self) -> Result<String, Failure> {
        if let Some((name, file, _)) = &mut self.file {
            file.flush().map_err(|error| cannot_write(name, &error))?;
        }
        #[cfg(feature = "opcua")]
        if let Some(server) = self.server.take() {
            server.close();
            if self.untold > 0 {
                let text = format!("there was no variable for {}", figure::counted(self.untold, "message"));
                output::complain(&output::warning_line(&text));
            }
        }
        let told = figure::counted(self.told, "message");
        #[cfg(feature = "mqtt")]
        let told = self.brokers.drain(..).fold(told, |told, broker| format!("{told}, {}", broker.close()));
        Ok(told)
    }
}

fn cannot_write(name: &str, error: &io::Error) -> Failure {
    Failure::input_output(&format!("cannot write {name}"), error)
}
