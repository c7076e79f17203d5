using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers;

namespace Distribution.Contracts.Metering;

internal readonly record struct SendKey(InfoHash InfoHash, IPAddress Receiver, SendKind Kind, long HourStart);
