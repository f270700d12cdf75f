/** Passwords of twelve characters and more that leaked lists put first; shorter ones are refused by their length. */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  `
    000000000000 111111111111 1111111111aa 112233445566 11223344556677 121212121212 123123123123
    123321123321 123456789012 1234567890123 12345678901234 1234567890ab 123456789abc 123456789qwe
    1234567qwerty 123456qwerty 123456qwerty1 12345abcdef6 12345qwerty12 1234qwer1234 1234qwerasdf
    123qweasdzxc 147258369147 159753159753 1a2b3c4d5e6f 1q2w3e4r5t6y 1q2w3e4r5t6y7u 1qaz2wsx3edc
    1qaz2wsx3edc4rfv 654321654321 789456123789 987654321098 9876543210ab a123456789012 a1b2c3d4e5f6
    a1b2c3d4e5f6g7 aa123456789 aaaaaaaaaaaa aabbccddeeff abc1234567890 abc123abc123 abcabcabcabc
    abcd12345678 abcdefg12345 abcdefghijkl abcdefghijklm abcdefghijklmn access123456 access1234567
    acsadmin1234 adm1n1strat0r admin1234567 admin12345678 admin2020202 adminadmin123 adminadminadmin
    administrator administrator1 administrator123 administrator1234 alexander123 alexander1234
    america12345 america123456 amsterdam123 anthony12345 arsenal12345 asd123asd123 asdf1234asdf
    asdfasdfasdf asdfghjkl123 asdfghjkl1234 asshole12345 australia123 australia1234 autumn123456
    autumn2025!! azerty123456 azerty1234567 azertyuiop12 azertyuiop123 banana123456 barcelona123
    barcelona1234 baseball1234 basketball12 basketball123 batman123456 beautiful123 beautiful1234
    benjamin1234 berlin123456 blackberry12 bonjour12345 broadband123 broadband1234 business1234
    buster123456 butterfly123 butterfly1234 california12 california123 canada123456 changeitchangeit
    changeme1234 changeme12345 changeme2024 changeme2025 changeme2026 changemechangeme charlotte123
    cheerleader1 chelsea12345 chevrolet123 chicago12345 chocolate123 chocolate1234 christian123
    christian1234 christopher1 christopher12 cisco1234567 ciscocisco12 ciscociscocisco
    communitystring company12345 company123456 company2024! company2025! company2026! computer1234
    computer12345 contrasena12 contrasena123 contrasena1234 contraseña123 cookie123456 correcthorse
    correcthorsebatterystaple corvette1234 cpeadmin1234 crystal12345 customer1234 dallas123456
    danielle1234 database1234 december2024 december2025 default12345 defaultdefault defaultpassword
    deviceadmin1 deviceadmin12 devicemanager diamond12345 dragon123456 elizabeth123 elizabeth1234
    eminem123456 facebook1234 facebook12345 february1234 ferrari12345 firewall1234 football1234
    football12345 forever12345 foreverlove1 foreveryoung freedom12345 fuckyou12345 fuckyou123456
    fuckyoufuckyou gabriel12345 gatewayadmin geheim123456 geheimgeheim ginger123456 godisgood123
    goodmorning1 goodmorning12 google123456 greenday1234 guest1234567 guestguestguest hallohallo12
    harrypotter1 harrypotter12 hello1234567 hellohello12 helloworld12 helloworld123 helloworld1234
    hogwarts1234 hongkong1234 hunter123456 hunter1234567 iamawesome12 iamthebest12 iamthebest123
    idontknow123 idontknow1234 ihatepasswords ihatethis123 iloveyou1234 iloveyou12345 iloveyou123456
    iloveyouforever initial12345 initialpassword instagram123 internet1234 internet12345
    internetinternet iphone123456 istanbul1234 january12345 jennifer1234 jesuschrist jesuschrist1
    jesusislord1 jesussaves12 jonathan1234 jordan123456 juventus1234 killer123456 lasvegas1234
    letme1n12345 letmein12345 letmein123456 letmeinletmein letmeinplease letstart1234 linkedin1234
    liverpool1234 liverpoolfc1 london123456 london1234567 lordoftherings losangeles12 lovelovelove
    lovers123456 loveyou12345 management12 management123 manager12345 manager123456 manchester12
    manchesterunited maplesyrup123 master123456 matthew12345 mercedes1234 metallica123 metallica1234
    michael12345 michelle1234 microsoft123 microsoft1234 modem1234567 monitor12345 monitoring12
    monitoring123 monkey123456 motdepasse12 motdepasse123 motdepasse1234 motorola1234 mustang12345
    mypassword12 mypassword123 mypassword1234 mysql1234567 ncc1701d1234 network12345 network123456
    newpassword1 newpassword12 newpassword123 newpassword1234 newyork12345 newyork123456
    nicholas1234 nirvana12345 nopassword12 nopassword123 nopasswordhere november2024 november2025
    oldpassword12 openopenopen opensesame12 opensesame123 operator1234 operator12345 oracle123456
    orange123456 p@ssw0rd123! p@ssw0rd1234 p@ssw0rd12345 p@ssword1234 pa$$w0rd1234 pa$$word1234
    pa55word1234 paris1234567 parola123456 passw0rd!123 passw0rd123! passw0rd1234 password123!
    password1234 password1234! password12345 password123456 password2020 password2021 password2022
    password2023 password2024 password2025 password2026 passwordpassword passwort1234 passwort12345
    passwort123456 pepper123456 phoenix12345 pokemon12345 porsche12345 postgres1234 postgres12345
    postgrespostgres princess1234 princess12345 privateprivate publicpublic purple123456
    q1w2e3r4t5y6 qazwsxedc123 qazwsxedcrfv qwe123qwe123 qweasdzxc123 qweqweqweqwe qwer1234qwer
    qwerasdfzxcv qwerty!23456 qwerty12345! qwerty123456 qwerty1234567 qwerty12345678 qwertyqwerty
    qwertyuiop12 qwertyuiop123 qwertyuiop1234 qwertzuiop12 qwertzuiop123 qwertzuiop1234 ranger123456
    realmadrid12 realmadrid123 remoteaccess1 remoteaccess12 remoteadmin12 rockstar1234 root12345678
    rootrootroot router123456 routeradmin1 routeradmin12 samantha1234 samsung12345 samsung123456
    sanfrancisco schatz123456 secret123456 secretpassword secretsecret security1234 security12345
    senha1234567 senha12345678 september2024 september2025 service12345 serviceaccount shadow123456
    silver123456 singapore123 skateboard12 slipknot1234 snmppassword snmpsnmpsnmp snowboarding
    soleil123456 spiderman123 spiderman1234 spring123456 spring2025!! start1234567 start12345678
    startstart12 starwars1234 starwars12345 stephanie123 stephanie1234 strawberry12 strawberry123
    summer123456 summer202012 summer2024!! sunshine1234 sunshine12345 superman1234 superman12345
    superstar123 superstar1234 superuser123 superuser1234 supervisor12 supervisor123 support12345
    support123456 teamo123456 teamo1234567 telefonica12 temp12345678 temporary123 temporary1234
    temppass1234 temppassword test12345678 test123456789 testing12345 testing123456 testpassword
    testpassword1 testtesttest thisismypassword thunder12345 tmobile12345 toortoortoor tr069tr069tr
    trustno11234 trustno1trustno1 twitter12345 victoria1234 vodafone1234 volleyball12 wachtwoord12
    wachtwoord123 welcome1234! welcome12345 welcome123456 welcome2020! welcome2021! welcome2022!
    welcome2023! welcome2024! welcome2025! welcome2026! welcomewelcome welkom123456 welkom1234567
    whatever1234 whatever12345 windows12345 windows123456 winter123456 winter2024!! wireless1234
    yellow123456 youtube12345 yxcvbnm12345 zaq12wsxcde3 zaq1@wsxcde3 zaq1xsw2cde3 zaq1zaq1zaq1
    zxc123zxc123 zxcvbnm12345 zxcvbnm123456 zxczxczxczxc
  `
    .trim()
    .split(/\s+/),
);
