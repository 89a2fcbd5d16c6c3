"""What is enclosed with a letter: a file or a sound. It is linked and never attached.

    kinds     which kinds there are, and how a reader's program is told of each
    checking  which of them an uploaded file really is, by what stands in it; office, sounds
    models    the file as it is kept; forms, choosers: how it comes to be, and into a letter
    within    which of them a body has, and where each is found below its page
    answers   how one is handed out: as a download that runs nothing, a sound also in parts

Their addresses are below that of the page which encloses them (`/<slug>/files/7.pdf`, and
`/s/<code>/files/7.pdf`), so that whoever may read the page may have them, and nobody else; they
name nothing. `posts.sharing.files` looks who asks.
"""
