//! What can be wrong with a file that is imported.

use plant::declare_codes;

declare_codes! {
    /// A file that is not in the format it is read as.
    NOT_A_JOB_SHOP = "LW0721", "a file that describes no job shop",
    "A job shop begins with the numbers of jobs and machines. Then comes a line for each job: of a job shop in the standard format \
     pairs of a machine (from 0) and a time, one for each machine; in the format of Taillard times first, and then the \
     machines (from 1) in the same places; of a flexible job shop the number of operations, and for each of them how many \
     machines can do it and that many pairs of a machine (from 1) and a time. Lines that begin with # are remarks.\n\n\
     Bad:\n    2 2\n    0 3 1\n    1 2 0 4\n\
     Good:\n    2 2\n    0 3 1 5\n    1 2 0 4";

    /// A folder that is not a fab in the format it is read as.
    NOT_A_FAB = "LW0722", "files that describe no fab",
    "A folder in the text format of AutoSched AP holds tool.txt, part.txt, a file for each route that part.txt names, order.txt, WIP.txt, \
     fromto.txt, setup.txt, setupgrp.txt, downcal.txt, pmcal.txt and attach.txt. Each has the names of its columns in the first line, \
     and tabulators between cells. Laws of times are constant, uniform (a mean and a half-range) or exponential; units are sec, min, hr \
     and day; dates are mm/dd/yy hh:mm:ss. Columns that are not known are told of and left out; what stands in those that are \
     known has to be understood.\n\n\
     Bad:\n    STNFAM  STNQTY  RULE              FWLRANK    LTIME  LTUNITS  ULTIME  ULTUNITS\n    etch    two     rule_HotLotFIRST  rank_FIFO  1.0    min      1.0     min\n\
     Good:\n    STNFAM  STNQTY  RULE              FWLRANK    LTIME  LTUNITS  ULTIME  ULTUNITS\n    etch    2       rule_HotLotFIRST  rank_FIFO  1.0    min      1.0     min";
}
