namespace Distribution.BitTorrent.Trackers;

/// <summary>A WebRTC answer to an offer that was relayed.</summary>
/// <param name="To">Who made the offer.</param>
/// <param name="Answer">A JSON object as it came.</param>
/// <param name="OfferId">A JSON string as it came, its quotes included.</param>
public sealed record SignallingAnswer(PeerId To, ReadOnlyMemory<byte> Answer, ReadOnlyMemory<byte> OfferId);
