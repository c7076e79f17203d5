namespace Distribution.Silos.Swarms.Shards;

/// <summary><see cref="AnnounceReplies"/> between silos: only the bytes that were written.</summary>
[GenerateSerializer]
internal struct AnnounceRepliesSurrogate
{
    [Id(0)]
    public byte[] Outcomes;

    [Id(1)]
    public int[] Lengths;

    [Id(2)]
    public byte[] Bytes;

    [Id(3)]
    public SiloAddress? Owner;
}

[RegisterConverter]
internal sealed class AnnounceRepliesConverter : IConverter<AnnounceReplies, AnnounceRepliesSurrogate>
{
    public AnnounceReplies ConvertFromSurrogate(in AnnounceRepliesSurrogate surrogate) => AnnounceReplies.Of(surrogate);

    public AnnounceRepliesSurrogate ConvertToSurrogate(in AnnounceReplies value) => value.ToSurrogate();
}
