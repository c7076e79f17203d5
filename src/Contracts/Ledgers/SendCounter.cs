namespace Distribution.Contracts.Ledgers;

/// <summary>
/// Payload bytes that sockets of one source have accepted, for one file and receiver in one hour. Cumulative: a later counter of the
/// same key replaces the earlier one, so that it can be sent any number of times.
/// </summary>
/// <param name="InfoHash">40 hexadecimal digits.</param>
/// <param name="Address">The receiver's IP address.</param>
/// <param name="HourStart">Unix time in seconds, a multiple of 3600.</param>
[GenerateSerializer, Immutable]
public sealed record SendCounter(string InfoHash, string Address, SendKind Kind, long HourStart, long BytesSent);
