namespace Distribution.EdgeSeeder.Tests.Kit;

/// <summary>What an engine may lack; the kit asks the rest of every engine. A test that needs one that is lacking is skipped and says so.</summary>
[Flags]
internal enum EngineTraits
{
    None = 0,

    /// <summary>It says who it is, how many requests it keeps and that it only uploads (BEP 10, 21).</summary>
    OwnGreeting = 1,

    /// <summary>What cannot be answered is rejected (BEP 6), not held back or taken for an offence: excess, cancelled, out of bounds.</summary>
    Rejects = 2,

    /// <summary>Blocks above 16 KiB.</summary>
    LargeBlocks = 4,

    /// <summary>Unchoke slots of the node, with turns of the length that the limits say.</summary>
    UnchokeTurns = 8,

    /// <summary>Keep-alives after the time that the limits say.</summary>
    KeepAliveTime = 16,

    All = OwnGreeting | Rejects | LargeBlocks | UnchokeTurns | KeepAliveTime,
}
