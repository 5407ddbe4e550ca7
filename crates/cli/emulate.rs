//! `linewright emulate`: plays a scenario at the pace of the clock, as if it were the plant, and tells what happens to a broker, to
//! whoever asks an OPC UA server of its own, or to a file. Who sits at it can break machines and repair them.

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
use crate::interrupt;
use crate::opened::Opened;
use crate::output::{self, figure};

/// How long nothing is done between two steps.
const STEP: Duration = Duration::from_millis(10);
/// How often what was told is written to the file at the latest.
const FLUSH: Duration = Duration::from_millis(500);
/// How long a broker is waited for at the end.
#[cfg(feature = "mqtt")]
const PATIENCE: Duration = Duration::from_secs(5);

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
    let emulation = Emulation::new(opened.run()?, WallTime::now(), &arguments.topic);
    let emulation = emulation.map_err(|why| Failure::usage(why, "give another --topic, or rename the element"))?;
    write_signals(arguments, &emulation)?;
    if arguments.dry_run {
        return Ok(Exit::Done);
    }
    if arguments.mqtt.is_none() && arguments.opcua.is_none() && arguments.to_file.is_none() {
        let help = "give --mqtt HOST:PORT, --opcua HOST:PORT, --to-file FILE, or several of them";
        return Err(Failure::usage("there is nobody to tell", help));
    }
    let mut listeners = Listeners::open(arguments, &emulation)?;
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
    let origin = match (&arguments.mqtt, &arguments.opcua, &arguments.to_file) {
        (Some(address), ..) => Origin::Broker { address: address.clone(), prefix: arguments.topic.clone() },
        (None, Some(address), _) => Origin::Server(address.clone()),
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
            let help = "give --mqtt HOST:PORT, --opcua HOST:PORT or --to-file FILE";
            return Err(Failure::usage("--signals has nothing to tell of", help));
        }
    };
    let text = signals_for(emulation, &origin, arguments.speed > 1.0);
    std::fs::write(path, text)
        .map_err(|error| Failure::input_output(&format!("cannot write {}", path.display()), &error))
}

/// Whoever is told what happens.
struct Listeners {
    /// Their names, for people.
    names: Vec<String>,
    told: u64,
    file: Option<(String, BufWriter<File>, Instant)>,
    #[cfg(feature = "mqtt")]
    broker: Option<Broker>,
    #[cfg(feature = "opcua")]
    server: Option<live::emulate::VariableServer>,
    /// Messages for which the server has no variable.
    #[cfg(feature = "opcua")]
    untold: u64,
}

/// A broker, and what was said last of how its connection stands.
#[cfg(feature = "mqtt")]
struct Broker {
    address: String,
    publisher: live::emulate::Publisher,
    said: live::feed::connection::Status,
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
        let addresses = arguments.mqtt.iter().chain(&arguments.opcua);
        let names = addresses.cloned().chain(file.iter().map(|(name, ..)| name.clone())).collect();
        #[cfg(not(feature = "mqtt"))]
        if arguments.mqtt.is_some() {
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
                let server = live::emulate::VariableServer::listen(address, emulation).map_err(|error| {
                    Failure::usage(error.to_string(), "give --opcua HOST:PORT where nobody listens")
                })?;
                Some(server)
            }
            None => None,
        };
        Ok(Listeners {
            names,
            told: 0,
            file,
            #[cfg(feature = "mqtt")]
            broker: arguments.mqtt.as_deref().map(Broker::call).transpose()?,
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
        if let Some(broker) = &self.broker {
            broker.publisher.publish(message);
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
        if let Some(broker) = &mut self.broker {
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
        #[cfg(feature = "mqtt")]
        if let Some(broker) = self.broker.take() {
            let published = broker.publisher.close(PATIENCE);
            let lost = published.waiting + published.dropped;
            if lost > 0 {
                let text = format!("{} did not come to the broker", figure::counted(lost, "message"));
                output::complain(&output::warning_line(&text));
            }
            let told = figure::counted(self.told, "message");
            return Ok(format!("{told}, the broker has {}", published.acknowledged));
        }
        Ok(figure::counted(self.told, "message"))
    }
}

fn cannot_write(name: &str, error: &io::Error) -> Failure {
    Failure::input_output(&format!("cannot write {name}"), error)
}

#[cfg(feature = "mqtt")]
impl Broker {
    fn call(address: &str) -> Result<Self, Failure> {
        let client_id = format!("linewright-emulate-{}", std::process::id());
        let publisher = live::emulate::Publisher::connect(address, &client_id)
            .map_err(|error| Failure::usage(error.to_string(), "give --mqtt HOST:PORT"))?;
        let said = live::feed::connection::Status::Connecting { why: None };
        Ok(Broker { address: address.to_owned(), publisher, said })
    }

    /// Says how the connection stands when that has changed.
    fn look(&mut self) {
        use live::feed::connection::Status;
        let status = self.publisher.watch().status();
        if status == self.said {
            return;
        }
        let address = &self.address;
        match &status {
            Status::Connected { .. } => output::complain(&format!("connected to {address}\n")),
            Status::Connecting { why: Some(why) } => {
                output::complain(&output::warning_line(&format!("no connection to {address} yet: {why}")));
            }
            Status::Lost { why, .. } if !matches!(self.said, Status::Lost { .. }) => {
                output::complain(&output::warning_line(&format!("lost the connection to {address}: {why}")));
            }
            _ => {}
        }
        self.said = status;
    }
}
