namespace Distribution.BitTorrent.Trackers;

/// <summary>A WebRTC offer for whoever the tracker chooses.</summary>
/// <param name="Offer">A JSON object as it came; it is relayed and not looked into.</param>
/// <param name="OfferId">A JSON string as it came, its quotes included; an answer repeats it.</param>
public readonly record struct SignallingOffer(ReadOnlyMemory<byte> Offer, ReadOnlyMemory<byte> OfferId);
