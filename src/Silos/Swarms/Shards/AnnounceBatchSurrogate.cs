namespace Distribution.Silos.Swarms.Shards;

/// <summary>An <see cref="AnnounceBatch"/> between silos: the announces as they lie in memory. All silos are little-endian.</summary>
[GenerateSerializer]
internal struct AnnounceBatchSurrogate
{
    [Id(0)]
    public byte[] Announces;

    [Id(1)]
    public int ReplyBytes;
}

[RegisterConverter]
internal sealed class AnnounceBatchConverter : IConverter<AnnounceBatch, AnnounceBatchSurrogate>
{
    public AnnounceBatch ConvertFromSurrogate(in AnnounceBatchSurrogate surrogate) =>
        AnnounceBatch.FromBytes(surrogate.Announces, surrogate.ReplyBytes);

    public AnnounceBatchSurrogate ConvertToSurrogate(in AnnounceBatch value) =>
        new() { Announces = value.ToBytes(), ReplyBytes = value.Replies.RoomBytes };
}
